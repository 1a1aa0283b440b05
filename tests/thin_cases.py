# SPDX-License-Identifier: Apache-2.0
"""Cases in which little is uncertain, or little is there, and two with a crowd of options or criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from aukus_mcda import Case

Scores = dict[str, tuple[float, ...]]
PLANS: Scores = {"ash": (6.3, 4.0), "elm": (4.0, 6.2), "fir": (5.0, 5.0)}
ALIKE: Scores = dict.fromkeys(PLANS, (5, 5))
TIED: Scores = {"ash": (8, 5), "elm": (5, 8)}


def thin(
    scores: Scores = PLANS,
    *,
    spread: float | list[float] = 0,
    points: tuple[float, ...] = (100, 100),
    least: float = 1,
    profiles: tuple[str, ...] = ("baseline",),
    out: tuple[str, ...] = (),
    columns: dict[str, Any] | None = None,
    kind: str | list[str] = "",
    **tables: pd.DataFrame,
) -> Case:
    """Options whose scores lie ``spread`` either way of the likely ones, their weights from ``least`` of the points."""
    leaves = "pqrstuvw"[: len(points)]
    rows = [(option, leaf, score) for option, each in scores.items() for leaf, score in zip(leaves, each, strict=True)]
    frame = pd.DataFrame(rows, columns=["option", "criterion", "likely"])
    swings = [(name, leaf, least * each, each) for name in profiles for leaf, each in zip(leaves, points, strict=True)]
    weights = pd.DataFrame(swings, columns=["profile", "criterion", "low", "likely"])
    named = {"id": list(scores), "name": [f"Plan {option}" for option in scores], "effort": 2, "time_to_effect": 6}
    criteria = {"id": list(leaves), "name": [f"Aim {leaf}" for leaf in leaves], "direction": "max"}
    screens = pd.DataFrame({"option": list(scores), "screen": "law", "passes": "yes", "reason": "r"})
    return Case.from_frames(
        criteria=pd.DataFrame(criteria).assign(worst=0, best=10),
        scores=frame.assign(low=frame["likely"] - spread, high=frame["likely"] + spread, distribution=kind),
        weights=weights.assign(high=weights["likely"]),
        options=pd.DataFrame(named | (columns or {})),
        screens=screens.assign(passes=["no" if option in out else "yes" for option in scores]),
        about={"id": "shed", "title": "A shelter for bicycles", "status_quo": next(iter(scores))},
        **tables,
    )


class Cases(Mapping[str, Case]):
    """Cases by name, each made when first asked for: every process lists all tests and runs some of them."""

    def __init__(self, ways: dict[str, Callable[[], Case]]) -> None:
        self.ways, self.made = ways, dict[str, Case]()

    def __getitem__(self, name: str) -> Case:
        if name not in self.made:
            self.made[name] = self.ways[name]()
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.ways)

    def __len__(self) -> int:
        return len(self.ways)


def bare() -> Case:
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["p", "q"], "direction": ["max", "min"], "worst": [0, 10], "best": [10, 0]}),
        scores=pd.DataFrame({"option": list("aabbcc"), "criterion": list("pqpqpq"), "likely": [6, 4, 4, 3, 5, 5]}),
    )


FUTURES = pd.DataFrame(
    {"scenario": ["rain"], "name": "A wet year", "option": "ash", "criterion": "p", "shift": -3, "rationale": "r"}
)
LINES = pd.DataFrame({"profile": ["mason"], "criterion": "p", "least_value": 45, "reason": "r"})
NOT_RANGED = Cases(
    {
        "criteria and scores alone": bare,
        "no ranges": thin,
        "ranges that are not drawn from": partial(thin, spread=1, kind="fixed"),
        "a tie": partial(thin, TIED),
        "all alike": partial(thin, ALIKE),
        "futures": partial(thin, scenarios=FUTURES),
        "profiles and a line": partial(thin, profiles=("baseline", "mason"), redlines=LINES),
        "one criterion": partial(thin, {"ash": (6,), "elm": (4,)}, points=(100,)),
        "no effort": partial(thin, columns={"effort": None}),
        "no time": partial(thin, columns={"time_to_effect": None}),
    }
)
RANGED = Cases(
    {
        "a tie": partial(thin, TIED, spread=1, least=0.9),
        "all alike": partial(thin, ALIKE, spread=1, least=0.9),
        "six weigh the same": partial(
            thin, {"ash": (8, 5, 4, 3, 6, 5), "elm": (4, 6, 5, 5, 3, 6)}, points=(100,) * 6, spread=1
        ),
        "one option": partial(thin, {"ash": (6, 4)}, spread=1),
        "all but one screened out": partial(thin, out=("elm", "fir"), spread=1),
        "all screened out but two": partial(thin, out=("fir",), spread=1),
        "one criterion": partial(thin, {"ash": (6,), "elm": (5,)}, points=(100,), spread=2),
        "scores alone": partial(thin, spread=1),
        "weights alone": partial(thin, least=0.5),
        "only some scores": partial(thin, TIED, spread=[0, 0, 1, 1]),
        "a criterion of no weight": partial(thin, points=(100, 0), spread=1),
        "all exclude each other": partial(thin, columns={"excludes": ["", "fir", ""]}, spread=1, least=0.9),
        "no effort": partial(thin, columns={"effort": [1, None, 2]}, spread=1),
        "a score nobody knows": partial(
            thin, {"ash": (8, np.nan), "elm": (5, 6)}, spread=1, kind=["", "unknown", "", ""]
        ),
        "profiles that tie": partial(thin, TIED, profiles=("baseline", "mason"), spread=1),
    }
)


def crowd(name: str, many: int = 40, options: tuple[str, ...] = ("ash", "elm", "fir")) -> Case:
    """So many criteria, they and the options with a name in common."""
    criteria = pd.DataFrame({"id": [f"k{k}" for k in range(many)], "name": [f"{name} {k}" for k in range(many)]})
    rows = [
        (option, leaf, 1 + (7 * k + 3 * place) % 8)
        for place, option in enumerate(options)
        for k, leaf in enumerate(criteria["id"])
    ]
    scores = pd.DataFrame(rows, columns=["option", "criterion", "likely"])
    return Case.from_frames(
        criteria=criteria.assign(direction="max", worst=0, best=10),
        scores=scores.assign(low=scores["likely"] - 1, high=scores["likely"] + 1),
        options=pd.DataFrame({"id": options, "name": [f"{name} for {option}" for option in options]}),
    )


def small() -> Case:
    """Three options on two leaves, and no more."""
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({"option": list("aabbcc"), "criterion": list("xyxyxy"), "likely": [1, 2, 3, 3, 5, 0]}),
        weights=pd.DataFrame({"profile": "baseline", "criterion": ["x", "y"], "likely": [100, 100]}),
    )


def crowded() -> Case:
    """Forty options with names of 200 letters, forty leaves, hostile and right-to-left text."""
    random = np.random.default_rng(7)
    options, leaves = ([f"{what} {k}" for k in range(40)] for what in ("option", "leaf"))
    hostile = ['<script>alert("x")</script>', "=1+1", "שלום עולם", "سلام", "emoji \N{ROCKET}", "W" * 200]
    names = [f"{hostile[k % 6][:190]} {k}{' long name ' * 20}"[:200] for k in range(40)]
    criteria = pd.DataFrame({"id": leaves, "name": names, "worst_means": names, "best_means": names})
    grid = pd.DataFrame(random.integers(0, 11, (40, 40)), index=options, columns=leaves)
    return Case.from_frames(
        criteria=criteria.assign(direction="max", worst=0, best=10),
        scores=grid.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index(),
        options=pd.DataFrame({"id": options, "name": names, "description": names, "risk": names}),
        weights=pd.DataFrame({"profile": "baseline", "criterion": leaves, "likely": 100}),
        about={"title": names[5], "marking": "TEST MARKING", "question": names[0], "status_quo": "option 0"},
    )
