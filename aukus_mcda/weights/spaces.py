"""Weight spaces: which weights are thought possible, and how to draw them.

A space says what is known of the weights; its sampler fills an array with draws.
Every space here but a strongly constrained one is sampled exactly, each draw
independent of the others. `draws` adds seeds, chunks and threads.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import WeightsError, listed, shown
from ..guard import guarded
from .polytope import Rows, polytope_sampler
from .sampling import fill_dirichlet, fill_ordered, fill_point, fill_simplex
from .space_terms import Constraint, as_bounds, as_constraint, as_group, finite, leaf_names, must_match, sum_of
from .swing_weights import Points, Weights, swing

Sampler: TypeAlias = Callable[[np.random.Generator, NDArray[np.float64]], None]

LEAST_SPREAD = 1e-9
"""A spread below this is taken as 0, as a polytope thinner than this is taken as flat."""


class WeightSpace(ABC):
    """A set of weights, with the distribution they are drawn from.

    To add a kind of space, give it a `sampler`; everything else follows.
    """

    @abstractmethod
    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """A function ``(rng, out)`` that fills ``out``, shape ``(k, n)``: a row per leaf, a column per draw.

        The labels are checked, and the space found not to be empty, here and once.
        Each row of ``out`` must be contiguous. The function can be pickled.

        Raises
        ------
        WeightsError
            When the space does not fit the leaves or holds no weights.
        """

    def mean(self, leaves: Iterable[str]) -> pd.Series | None:
        """The exact mean weight of each leaf, or None where it is not known in closed form."""
        return None

    def draw(self, rng: np.random.Generator, count: int, leaves: Iterable[str]) -> NDArray[np.float64]:
        """Draws of leaf weights, shape ``(count, k)``, columns in the order of ``leaves``."""
        names = leaf_names(leaves)
        out = np.empty((len(names), count))
        self.sampler(names)(rng, out)
        return out.T


@dataclass(frozen=True)
class AnyWeights(WeightSpace):
    """Every set of weights, all equally likely. See `any_weights`."""

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """As `WeightSpace.sampler`."""
        leaf_names(leaves)
        return fill_simplex

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """1 / k each."""
        names = leaf_names(leaves)
        return pd.Series(1 / len(names), index=names)


@dataclass(frozen=True)
class Ordered(WeightSpace):
    """Every set of weights in a stated order of importance. See `ordered`.

    Attributes
    ----------
    groups : tuple of tuple of str
        Criteria from the heaviest to the lightest; those in one group are in no order.
    """

    groups: tuple[tuple[str, ...], ...]

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """As `WeightSpace.sampler`."""
        names = leaf_names(leaves)
        must_match([name for group in self.groups for name in group], names)
        return partial(fill_ordered, groups=tuple(tuple(map(names.index, group)) for group in self.groups))

    def inequalities(self, leaves: Iterable[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``a`` and ``b`` such that ``a @ w <= b``: no later weight above an earlier one."""
        names = leaf_names(leaves)
        unit = dict(zip(names, np.eye(len(names)), strict=True))
        rows = [unit[light] - unit[heavy] for a, b in pairwise(self.groups) for heavy in a for light in b]
        return np.array(rows).reshape(-1, len(names)), np.zeros(len(rows))

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """The rank-order centroid; in a group, its average over the places the group takes."""
        names = leaf_names(leaves)
        must_match([name for group in self.groups for name in group], names)
        centroid = np.cumsum(1 / np.arange(len(names), 0, -1))[::-1] / len(names)
        means, start = pd.Series(0.0, index=names), 0
        for group in self.groups:
            means[list(group)] = centroid[start : start + len(group)].mean()
            start += len(group)
        return means


@dataclass(frozen=True, eq=False)
class Around(WeightSpace):
    """Weights scattered about a centre. See `around`.

    Attributes
    ----------
    centre : pandas.Series
        The mean weights, by criterion.
    spread : float
        Root mean square standard deviation of the weights that are not 0.
    concentration : float
        Sum of the Dirichlet's parameters; infinite when ``spread`` is 0.
    anchors : str or None
        Digest of the anchors the centre was judged on.
    """

    centre: pd.Series
    spread: float
    concentration: float
    anchors: str | None = None

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """As `WeightSpace.sampler`."""
        centre = self.mean(leaves).to_numpy()
        if math.isinf(self.concentration):
            return partial(fill_point, point=centre)
        return partial(fill_dirichlet, shapes=centre * self.concentration)

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """The centre."""
        names = leaf_names(leaves)
        must_match(list(self.centre.index), names)
        return self.centre[names]


@dataclass(frozen=True)
class Between(WeightSpace):
    """Every set of weights within bounds and constraints, all equally likely. See `between`.

    Attributes
    ----------
    low, high : dict of str to float
        Bounds by criterion; a criterion without one has 0, or 1.
    constraints : tuple
        ``(terms, sense, bound)`` each.
    """

    low: Mapping[str, float] = field(default_factory=dict)
    high: Mapping[str, float] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """As `WeightSpace.sampler`."""
        names = leaf_names(leaves)
        said = [*self.low, *self.high, *(name for terms, _, _ in self.constraints for name in terms)]
        unknown = sorted(set(said) - set(names))
        if unknown:
            raise WeightsError(f"Bounds or constraints on {listed(unknown)}. There are: {listed(names)}.")
        return polytope_sampler(self._rows(names), simple=not self.constraints)

    def inequalities(self, leaves: Iterable[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``a`` and ``b`` such that ``a @ w <= b``: the bounds and constraints."""
        rows = self._rows(leaf_names(leaves))
        return -rows.a, -rows.b

    def _rows(self, names: list[str]) -> Rows:
        """Everything that must hold, as ``a.w >= b``, with the words to name it by."""
        bounds: list[Constraint] = [({name: 1.0}, ">=", bound) for name, bound in self.low.items() if bound > 0]
        bounds += [({name: 1.0}, "<=", bound) for name, bound in self.high.items() if bound < 1]
        rows = Rows(len(names))
        for terms, sense, bound in (*bounds, *self.constraints):
            left = np.array([float(terms.get(name, 0)) for name in names])
            said = f"{sum_of(terms)} {sense} {shown(bound)}"
            if sense != "<=":
                rows.add(left, bound, said)
            if sense != ">=":
                rows.add(-left, -bound, said)
        return rows


def any_weights() -> AnyWeights:
    """All weights, uniformly: what can be said when nothing is known of them.

    Uniform on the simplex (Dirichlet with all parameters 1): exponentials divided
    by their sum. Numbers uniform on [0, 1] divided by their sum would crowd the middle.

    References
    ----------
    Devroye (1986), *Non-Uniform Random Variate Generation*, ch. V.2,
    doi:10.1007/978-1-4613-8643-8.

    Examples
    --------
    >>> draws = any_weights().draw(np.random.default_rng(0), 5, ["reach", "cost", "time"])
    >>> draws.shape, bool(np.allclose(draws.sum(axis=1), 1))
    ((5, 3), True)
    """
    return AnyWeights()


@guarded(WeightsError)
def ordered(best_first: Sequence[str | Sequence[str]]) -> Ordered:
    """Weights in an order of importance, uniformly among all that keep it.

    The ordered simplex is itself a simplex, with corners (1, 0, ...),
    (1/2, 1/2, 0, ...), ..., so its uniform draws are uniform barycentric
    coordinates on these corners: exact, and no sorting. The mean is the
    rank-order centroid.

    Parameters
    ----------
    best_first : sequence of str, or of groups of str
        Criteria from the heaviest to the lightest. Those in a group (a list within
        the list) come between its neighbours, in no order among themselves.

    Raises
    ------
    WeightsError
        When there is none, one is named twice or not by text, or a group is empty.

    References
    ----------
    Barron and Barrett (1996), doi:10.1287/mnsc.42.11.1515.

    Examples
    --------
    >>> ordered(["reach", "cost", "time"]).mean(["time", "cost", "reach"]).round(3).to_dict()
    {'time': 0.111, 'cost': 0.278, 'reach': 0.611}
    >>> ordered(["reach", ["cost", "time"]]).mean(["reach", "cost", "time"]).round(3).to_dict()
    {'reach': 0.611, 'cost': 0.194, 'time': 0.194}
    """
    groups = tuple(as_group(given) for given in best_first)
    leaf_names(name for group in groups for name in group)
    return Ordered(groups)


@guarded(WeightsError)
def around(weights: Weights | Points, spread: float) -> Around:
    """Weights scattered about a centre, to say how firmly it is held.

    A Dirichlet distribution whose mean is the centre c. The standard deviation of
    weight i is sqrt(c_i (1 - c_i) / (a + 1)), and the concentration a is set so
    that the root mean square of these over the k weights that are not 0 is the
    spread s: a = (1 - sum c_i^2) / (k s^2) - 1. A weight of 0 stays 0.

    Parameters
    ----------
    weights : Weights, mapping or Series
        The centre; a mapping or Series is taken as swing points and made to sum to 1.
    spread : float
        Typical standard deviation of a weight, where all weights add up to 1:
        0.03 is three points in a hundred. 0 gives the centre itself, and so does
        anything below `LEAST_SPREAD` (1e-9).

    Returns
    -------
    Around
        With the ``anchors`` of the weights given: the digest of the worst and best
        scores the swings were judged between, by which a study can tell that weights
        belong to its value functions. None for a mapping or Series.

    Raises
    ------
    WeightsError
        When the spread is negative, not a number, or so wide that nearly all
        weight would fall on single criteria (a concentration below 1).

    References
    ----------
    Devroye (1986), *Non-Uniform Random Variate Generation*, ch. XI.4,
    doi:10.1007/978-1-4613-8643-8.

    Examples
    --------
    >>> space = around({"reach": 50, "cost": 30, "time": 20}, spread=0.05)
    >>> round(space.concentration, 1)
    81.7
    >>> space.mean(["time", "reach", "cost"]).to_dict()
    {'time': 0.2, 'reach': 0.5, 'cost': 0.3}
    """
    centred = weights if isinstance(weights, Weights) else swing(weights)
    s = finite(spread, "the spread")
    if s < 0:
        raise WeightsError(f"The spread must be 0 or more: {shown(s)}.")
    centre = centred.values
    variety = max(0.0, 1 - math.fsum(centre**2)) / int((centre > 0).sum())
    if s < LEAST_SPREAD or variety == 0:
        return Around(centre, 0.0, math.inf, centred.anchors)
    concentration = variety / s**2 - 1 if s < 1 else 0.0
    if concentration < 1:
        raise WeightsError(
            f"A spread of {s:g} is too wide for these weights: it can be {math.sqrt(variety / 2):.3g} at most. "
            "If so little is known of them, use any_weights()."
        )
    return Around(centre, s, concentration, centred.anchors)


@guarded(WeightsError)
def between(
    low: Mapping[str, float] | pd.Series | None = None,
    high: Mapping[str, float] | pd.Series | None = None,
    *,
    constraints: Iterable[Constraint] | None = None,
) -> Between:
    """Weights within bounds and linear constraints, uniformly among all that keep them.

    Bounds alone are sampled exactly. With constraints, draws from the tightest
    bounds are kept when they satisfy them, which is exact too, while at least one
    in 200 does; otherwise hit-and-run is used (see `polytope`).

    Parameters
    ----------
    low, high : mapping or Series, optional
        Least and greatest weight by criterion, where all weights add up to 1. A
        criterion left out has 0, or 1.
    constraints : iterable of (terms, sense, bound), optional
        ``({"deterrence": 1, "escalation": -2}, ">=", 0)`` says that deterrence weighs
        at least twice as much as escalation; sense is ``>=``, ``<=`` or ``==``.

    Raises
    ------
    WeightsError
        When a bound is not a number from 0 to 1, a low is above its high, or a
        constraint has another form. When weights are drawn: when a criterion is
        unknown or no weights keep all bounds and constraints; those that conflict are named.

    References
    ----------
    Tervonen, van Valkenhoef, Basturk and Postmus (2013), doi:10.1016/j.ejor.2012.08.026.

    Examples
    --------
    >>> space = between({"reach": 0.3}, {"cost": 0.2}, constraints=[({"cost": 1, "time": -1}, ">=", 0)])
    >>> draws = space.draw(np.random.default_rng(0), 100, ["reach", "cost", "time"])
    >>> reach, cost, time = draws.T
    >>> bool((reach >= 0.3).all() and (cost <= 0.2).all() and (cost >= time).all())
    True
    >>> between({"reach": 0.7, "cost": 0.6}).sampler(["reach", "cost", "time"])
    Traceback (most recent call last):
    aukus_mcda.errors.WeightsError: No weights (0 or more, adding up to 1) keep all of these:
    reach >= 0.7; cost >= 0.6. Loosen or drop one of them.
    """
    lows, highs = as_bounds(low, "low"), as_bounds(high, "high")
    crossed = [f"{name} {shown(lows[name])} > {shown(highs[name])}" for name in lows if lows[name] > highs.get(name, 1)]
    if crossed:
        raise WeightsError(f"Low bounds above high ones: {listed(crossed)}.")
    given = () if constraints is None else constraints
    return Between(lows, highs, tuple(map(as_constraint, given)))
