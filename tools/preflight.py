# SPDX-License-Identifier: Apache-2.0
"""Examination of the cross-check methods on random problems.

``python -m tools.preflight`` examines every method on offer and every other
ranking method of pymcdm, and writes ``docs/explanation/methods-examined.md`` and the table
`aukus_mcda.ranking.methods` reads to know what to refuse. Run it when pymcdm changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aukus_mcda.case.writing import replacing
from aukus_mcda.ranking.methods import METHODS, Grid, Method, pymcdm_part
from aukus_mcda.weights import TIE, Array

PROBLEMS, SEED = 300, 2026
Score: TypeAlias = Callable[[Grid], Array]

FAULTS = {
    "dominance": "ranks a dominated option higher",
    "direction": "ranks an option lower when its score on a cost criterion improves",
    "permutation": "gives other scores when rows are reordered",
    "rescaling": "gives another order when weights are multiplied by 10",
}
"""What no method on offer may do on any problem."""

REVERSALS = {
    "dropped": "the order of two options turns round when a third is dropped",
    "copied": "the order of two options turns round when an option is copied",
}
"""What is counted, and no ground for refusal."""

COUNTED = ("unscored", *FAULTS, *REVERSALS)

OURS = ("TOPSIS", "VIKOR", "SPOTIS", "RIM", "PROMETHEE_II", "MABAC", "COCOSO", "EDAS", "WASPAS", "MARCOS")
"""pymcdm's classes of the methods on offer: those are examined as offered."""

NEEDS: dict[str, Callable[[Grid], dict[str, Any]]] = {
    "BalancedSPOTIS": lambda grid: {"bounds": grid.bounds, "esp": np.where(grid.sign > 0, *grid.bounds.T[::-1])},
    "RAFSI": lambda grid: {"ideal": grid.bounds[:, 1], "anti_ideal": grid.bounds[:, 0]},
    "ERVD": lambda grid: {"ref_point": grid.bounds.mean(axis=1)},
}
"""What a pymcdm class needs besides scores, weights and directions."""

BESIDE = {
    "ARAS": "its weighted sum of ratios to the best option is close to marcos",
    "BalancedSPOTIS": "needs an expected solution; with the ideal, as here, it is spotis",
    "ERVD": "needs a reference point (here the middle of each scale) that a case does not declare",
    "MAIRCA": "ranks as mabac does",
    "MOORA": "needs a cost criterion; topsis_vector takes the same vector-normalised scores",
    "OCRA": "divides by each criterion's least score, so its unit and origin decide; mabac uses the range",
    "RAFSI": "takes reciprocals on the declared scales of cost criteria; spotis and rim use them as declared",
    "WPM": "is the product half of waspas",
    "WSM": "is a weighted sum like the additive model, on shares of the column's sum instead of declared anchors",
}
"""Why a pymcdm class that passes is not on offer."""

BEYOND = {
    "COMET": "an expert must judge characteristic objects, so there is no one formula to examine",
    "PROMETHEE_I": "gives a partial order, not a ranking",
}
"""pymcdm classes that cannot be called on a table of scores alone."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One random problem and what is done to it."""

    grid: Grid
    order: NDArray[np.intp]  # a permutation of the rows
    improved: Grid  # one option's score on one cost criterion is better
    option: int  # that option, also the one dropped or copied


def trials(count: int = PROBLEMS, seed: int = SEED) -> Iterator[Trial]:
    """Random problems: 3-7 options, 2-6 criteria, scores 1-100, some options dominated.

    Each has a cost and a benefit criterion and scores above 0, as some methods
    demand; in about half of them an option is made to dominate another.
    """
    for child in np.random.SeedSequence(seed).spawn(count):
        rng = np.random.default_rng(child)
        n, k = int(rng.integers(3, 8)), int(rng.integers(2, 7))
        x = rng.uniform(1, 100, (n, k))
        sign = np.where(rng.random(k) < 0.5, 1.0, -1.0)
        sign[:2] = 1.0, -1.0
        weight = rng.exponential(size=k)
        low, high = np.full(k, 1.0), np.full(k, 100.0)
        if rng.random() < 0.5:
            loses = rng.random(k) < 0.5
            worst = np.where(sign > 0, low, high)
            x[1] = np.where(loses, x[0] + (worst - x[0]) * rng.random(k), x[0])
        option = int(rng.integers(n))
        cost = int(rng.choice(np.flatnonzero(sign < 0)))
        better = x.copy()
        better[option, cost] = 1 + (x[option, cost] - 1) * rng.random()
        grid = Grid(x, weight / weight.sum(), sign, np.column_stack([low, high]))
        yield Trial(grid, rng.permutation(n), replace(grid, x=better), option)


def examine(score: Score, tests: list[Trial]) -> Counter[str]:
    """In how many problems a method does what `FAULTS` and `REVERSALS` say.

    Parameters
    ----------
    score : callable
        `Grid` in, scores ``(n,)`` out, higher is better.
    tests : list of Trial

    Returns
    -------
    Counter
        Also ``unscored``: problems for which the formula gives no finite score.

    Examples
    --------
    >>> backwards = examine(lambda grid: -(grid.unit @ grid.w), list(trials(50)))
    >>> backwards["dominance"] > 0, backwards["permutation"]
    (True, 0)
    """
    counts: Counter[str] = Counter()
    for trial in tests:
        grid, option, x = trial.grid, trial.option, trial.grid.x
        rest = np.arange(len(x)) != option
        changed = (
            replace(grid, x=x[trial.order]),
            trial.improved,
            replace(grid, w=grid.w * 10),
            replace(grid, x=x[rest]),
            replace(grid, x=np.vstack([x, x[option]])),
        )
        base, moved, raised, scaled, fewer, more = (_tried(score, each) for each in (grid, *changed))
        if not all(np.isfinite(scores).all() for scores in (base, moved, raised, scaled, fewer, more)):
            counts["unscored"] += 1
            continue
        good = grid.sign * x
        dominates = (good[:, None] >= good[None, :]).all(axis=2) & (good[:, None] > good[None, :]).any(axis=2)
        counts["dominance"] += bool((dominates & (base[:, None] < base[None, :] - TIE)).any())
        counts["direction"] += _above(raised, option) > _above(base, option)
        counts["permutation"] += not np.allclose(moved, base[trial.order], rtol=1e-9, atol=TIE)
        counts["rescaling"] += _reversed(base, scaled)
        counts["dropped"] += _reversed(base[rest], fewer)
        counts["copied"] += _reversed(base, more[:-1])
    return counts


def examined(count: int = PROBLEMS, seed: int = SEED) -> pd.DataFrame:
    """What the examination found, a row per method.

    Returns
    -------
    DataFrame
        By method: runs (whose code), unscored, a count for each of `FAULTS` and
        `REVERSALS`, standing (offered, refused, not offered, not examined) and reason.
    """
    tests = list(trials(count, seed))
    rows = [_row(name, "on offer", examine(_offered(method), tests), count) for name, method in METHODS.items()]
    for name in _pymcdm_names():
        method, runs = name.lower(), f"pymcdm {name}"
        if name in BEYOND:
            rows.append({"method": method, "runs": runs, "standing": "not examined", "reason": BEYOND[name]})
        elif name not in OURS:
            rows.append(_row(method, runs, examine(partial(_pymcdm, name), tests), count))
    frame = pd.DataFrame(rows, columns=["method", "runs", *COUNTED, "standing", "reason"])
    return frame.astype(dict.fromkeys(COUNTED, "Int64")).set_index("method")


def page(table: pd.DataFrame, count: int = PROBLEMS, seed: int = SEED) -> str:
    """The examination as a document page in Markdown."""
    heads = ["method", "standing", "no score", *FAULTS, *REVERSALS]
    lines = [
        "# Methods refused, and why",
        "",
        "<!-- Made by `python -m tools.preflight`; do not edit. -->",
        "",
        f"Every method on offer and every other ranking method of pymcdm {version('pymcdm')} is run on {count} random",
        f"problems (seed {seed}; 3-7 options, 2-6 criteria of both directions, scores 1-100, about half of",
        "them with an option made to dominate another).",
        "",
        "- **refused**: does on at least one problem what no ranking method may do.",
        "- **not offered**: passes, and is left out for the reason given.",
        "- **not examined**: cannot be run on a table of scores alone.",
        "",
        "## Why a method is not on offer",
        "",
        *[
            f"- `{name}`, {row['standing']}: {row['reason'].removeprefix('passes, but ')}."
            for name, row in table.iterrows()
            if row["standing"] != "offered"
        ],
        "",
        "## What was counted",
        "",
        "A number says in how many problems a method does this. No method may:",
        "",
        *[f"- **{name}**: {meaning}." for name, meaning in FAULTS.items()],
        "",
        "Reported, and no ground for refusal:",
        "",
        *[f"- **{name}**: {meaning}." for name, meaning in REVERSALS.items()],
        "- **no score**: the formula divides by 0; left out of the other counts.",
        "",
        "| " + " | ".join(heads) + " |",
        "|---" * 2 + "|---:" * (len(heads) - 2) + "|",
    ]
    for name, row in table.iterrows():
        cells = ["-" if pd.isna(row[key]) else str(row[key]) for key in COUNTED]
        lines.append("| " + " | ".join([f"`{name}`", row["standing"], *cells]) + " |")
    lines += [
        "",
        "Methods on offer are examined as they are run here, with weights as shares of their sum and the guards of",
        f"`ranking.methods`, in the place of pymcdm's {', '.join(OURS[:-1])} and {OURS[-1]}; the others as",
        "pymcdm runs them, which may differ from the paper: the code is refused, not its author's idea.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Examine, and write the page and the table it is made from."""
    checkout = Path(__file__).parent.parent
    table = examined()
    for path, text in (
        (checkout / "aukus_mcda" / "ranking" / "methods_examined.csv", table.to_csv(lineterminator="\n")),
        (checkout / "docs" / "explanation" / "methods-examined.md", page(table)),
    ):
        with replacing(path) as fresh:
            fresh.write_text(text, encoding="utf-8", newline="\n")
        print(path)


def _row(name: str, runs: str, counts: Counter[str], count: int) -> dict[str, Any]:
    broken = [f"{meaning} in {counts[fault]} of {count} problems" for fault, meaning in FAULTS.items() if counts[fault]]
    standing = "refused" if broken else "offered" if name in METHODS else "not offered"
    beside = BESIDE.get(runs.removeprefix("pymcdm "), "nobody has looked at what it adds")
    reason = "; ".join(broken) or ("" if name in METHODS else f"passes, but {beside}")
    return {
        "method": name,
        "runs": runs,
        **{key: counts[key] for key in COUNTED},
        "standing": standing,
        "reason": reason,
    }


def _offered(method: Method) -> Score:
    """A method on offer as it is run: weights as shares, higher is better."""
    return lambda grid: np.asarray(method.upward(method.score(replace(grid, w=grid.w / grid.w.sum()))))


def _pymcdm(name: str, grid: Grid) -> Array:
    """A pymcdm class on a problem, higher is better by its own word."""
    method = pymcdm_part(f"methods.{name}")(**NEEDS[name](grid) if name in NEEDS else {})
    scores = np.asarray(method(grid.x, grid.w, grid.sign, validation=False), dtype=float)
    return scores if method._reverse_ranking else -scores


def _pymcdm_names() -> list[str]:
    """The ranking methods pymcdm has."""
    base = pymcdm_part("methods.mcda_method.MCDA_method")
    homes = (vars(pymcdm_part("methods")), vars(pymcdm_part("methods.partial")))
    kinds = {kind for home in homes for kind in home.values() if isinstance(kind, type) and issubclass(kind, base)}
    return sorted(kind.__name__ for kind in kinds if kind is not base)


def _tried(score: Score, grid: Grid) -> Array:
    """Scores, or NaN where the formula has none."""
    try:
        with np.errstate(all="ignore"):
            return score(grid)
    except (ValueError, ZeroDivisionError):
        return np.full(len(grid.x), np.nan)


def _above(scores: Array, option: int) -> int:
    return int((scores > scores[option] + TIE).sum())


def _reversed(before: Array, after: Array) -> bool:
    """Whether any two options change places."""
    was, now = (scores[:, None] - scores[None, :] for scores in (before, after))
    return bool(((was > TIE) & (now < -TIE)).any())


if __name__ == "__main__":
    main()
