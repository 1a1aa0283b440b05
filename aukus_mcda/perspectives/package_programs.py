"""The best package by integer program, where there are too many to look at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import AukusMcdaError
from ..weights import Array
from .combinations import Rules
from .package_values import Members


@dataclass(frozen=True, eq=False)
class Program:
    """Integer variables: whether each of n options is in, then whether each of s synergies holds.

    ``a`` (r, n + s) with ``least <= a @ x <= most`` states the rules.
    """

    a: Array
    least: Array
    most: Array
    forced: Array
    options: int

    @classmethod
    def of(cls, rules: Rules, together: Members) -> Program:
        """The rules of packages, and that a synergy holds exactly when all its options are in."""
        n, s = len(rules.options), len(together)
        rows: list[tuple[dict[int, float], float, float]] = []
        for amounts, bound in zip(rules.amounts, rules.bounds, strict=True):
            if np.isfinite(bound):
                rows.append((dict(enumerate(amounts)), -np.inf, float(bound)))
        rows += [({a: 1.0, b: -1.0}, -np.inf, 0.0) for a, b in rules.requires]
        rows += [({a: 1.0, b: 1.0}, -np.inf, 1.0) for a, b in rules.excludes]
        for k, held in enumerate(together):
            inside = np.flatnonzero(held)
            rows += [({n + k: 1.0, int(i): -1.0}, -np.inf, 0.0) for i in inside]
            rows.append(({n + k: -1.0} | {int(i): 1.0 for i in inside}, -np.inf, len(inside) - 1.0))
        a = np.zeros((len(rows), n + s))
        for row, (terms, _, _) in enumerate(rows):
            a[row, list(terms)] = list(terms.values())
        forced = np.array([float(k in rules.forced) for k in range(n)] + [0.0] * s)
        return cls(a, np.array([low for _, low, _ in rows]), np.array([high for *_, high in rows]), forced, n)

    def best(self, gains: Array, *, without: int | None = None, having: int | None = None) -> Members | None:
        """The package ``(n,)`` with the greatest ``gains (n + s,)``, to 1e-6 points; None when there is none.

        Parameters
        ----------
        gains : array (n + s,)
        without, having : int, optional
            An option that must not, or must, be in it.

        Raises
        ------
        AukusMcdaError
            When the solver gives up.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = self.forced.copy(), np.ones(len(gains))
        if without is not None:
            high[without] = 0
        if having is not None:
            low[having] = 1
        rows = [LinearConstraint(self.a, self.least, self.most)] if len(self.a) else []
        found = milp(
            -gains,
            integrality=np.ones(len(gains)),
            bounds=Bounds(low, high),
            constraints=rows,
            options={"mip_rel_gap": 0.0},
        )
        if found.status == 2:
            return None
        if found.x is None:
            raise AukusMcdaError(f"No best package could be found: {found.message}")
        return np.asarray(found.x[: self.options].round() == 1)

    def must(self, gains: Array) -> Members:
        """The best package, where the rules are known to leave one."""
        found = self.best(gains)
        if found is None:
            raise AukusMcdaError("No package keeps all rules.")
        return found
