"""What the browser needs to know of a case: sent once, as plain lists, texts and one block of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..perspectives import breaches_of
from ..ranking import competing
from ..story import criterion_colours
from ..text import titled
from ..uncertainty import BLOCK, score_draws
from ..weights import PART, SCORES, Array, SwingRange, Weights, chunk_rng, weight_range, whole

FINE = 65_535
"""Draws travel as 16-bit steps between the least and the greatest of their kind."""


class Drawn(NamedTuple):
    """Draws of values as the browser gets them: ``low + step * steps``.

    ``steps`` is ``(m, k, n)`` of uint16, ``low`` and ``step`` are ``(m, k)``; options and leaves in the order of ids.
    """

    steps: NDArray[np.uint16]
    low: Array
    step: Array

    @property
    def values(self) -> Array:
        """The values 0-100 they stand for, shape ``(n, m, k)``."""
        spread = self.low[:, :, None] + self.step[:, :, None] * self.steps
        return np.asarray(spread.transpose(2, 0, 1))


def drawn_values(case: Case, draws: int, seed: int) -> Drawn:
    """The first ``draws`` draws of scores that `smaa` makes with this seed, to 1/65,535 of each score's range.

    A case without spread gives none, ``n = 0``.

    Raises
    ------
    WeightsError
        When ``draws`` is not a whole number from 1 to 8,192, or the seed none from 0.
    AukusMcdaError
        When every option fails a screen.
    """
    count = whole(draws, "The number of draws", 1)
    if count > BLOCK:
        raise WeightsError(f"The board takes at most {BLOCK:,} draws, not {count:,}: smaa takes as many as you like.")
    table = competing(case)
    made, rng = score_draws(case, list(table.index), list(table.columns)), chunk_rng(seed, 0, SCORES)
    shape = table.shape
    if made.certain:
        return Drawn(np.zeros((*shape, 0), dtype=np.uint16), np.zeros(shape), np.zeros(shape))
    steps, low, step = np.empty((*shape, count), dtype=np.uint16), np.empty(shape), np.empty(shape)
    values = np.empty((shape[1], BLOCK))
    for option in range(shape[0]):
        made.fill(rng, option, values)
        part = values[:, :count]
        low[option] = part.min(axis=1)
        step[option] = (part.max(axis=1) - low[option]) / FINE
        unit = np.where(step[option] > 0, step[option], 1.0)[:, None]
        steps[option] = np.rint((part - low[option][:, None]) / unit)
    return Drawn(steps, low, step)


class DrawnPoints(NamedTuple):
    """Draws of one set of swing points as the browser gets them: ``low + step * steps``.

    ``points`` has every node's as judged; ``nodes`` are those that vary, ``low`` and ``step`` are ``(u,)`` and
    ``steps`` is ``(u, n)`` of uint16.
    """

    points: dict[str, float]
    nodes: list[str]
    low: Array
    step: Array
    steps: NDArray[np.uint16]


def drawn_points(weights: Weights, draws: int, seed: int) -> DrawnPoints | None:
    """The first ``draws`` draws of swing points that `smaa` makes with this seed; None where none varies."""
    space = weight_range(weights)
    if not isinstance(space, SwingRange) or weights.points.empty:
        return None
    siblings, rng = space.siblings(weights.values.index), chunk_rng(seed, 0)
    units = np.hstack([siblings.units(rng, PART) for _ in range(0, draws, PART)])[:, :draws]
    nodes = [siblings.nodes[node] for node in siblings.uncertain]
    low, high = (space.points.loc[nodes, end].to_numpy(dtype=float) for end in ("low", "high"))
    steps = np.rint(FINE * np.minimum(units, 1)).astype(np.uint16)
    return DrawnPoints(weights.points.astype(float).to_dict(), nodes, low, (high - low) / FINE, steps)


def judged_points(case: Case, given: Weights | None, draws: int, seed: int) -> dict[str, DrawnPoints]:
    """`drawn_points` of each profile, and under a blank name of weights given that belong to none.

    As in `weights_from`, weights that were not made from points of this tree have no ranges to keep.
    """
    bases = {name: case.profile(name) for name in case.profiles} | ({} if given is None else {"": given})
    drawn = {
        name: drawn_points(base, draws, seed)
        for name, base in bases.items()
        if set(base.points.index) == set(case.criteria.index)
    }
    return {name: each for name, each in drawn.items() if each is not None}


def tree_points(case: Case, weights: Weights) -> pd.Series:
    """Swing points for every criterion, 100 for the biggest among siblings, that give these weights."""
    if (
        weights.points.index.equals(case.criteria.index)
        and weights.parents.to_dict() == case.criteria["parent"].to_dict()
    ):
        return weights.points.astype(float)
    held = pd.Series(0.0, index=case.criteria.index)
    for leaf in case.leaves:
        held[list(case.branch_of(leaf))] += weights.values[leaf]
    most = held.groupby(case.criteria["parent"]).transform("max")
    return (100 * held / most).where(most > 0, 100.0)


def nodes(case: Case, parents: Mapping[str, str]) -> list[dict[str, str]]:
    """What is shown of each criterion of a value tree, given as node to parent."""
    texts = case.criteria.reindex(columns=["name", "question", "worst_means", "best_means"], fill_value="").fillna("")
    colours = criterion_colours(case)
    return [
        {
            "id": node,
            "parent": parent,
            "name": texts.at[node, "name"] or node,
            "question": texts.at[node, "question"],
            "worst": texts.at[node, "worst_means"],
            "best": texts.at[node, "best_means"],
            "colour": colours[case.root_of(node)],
        }
        for node, parent in parents.items()
    ]


def payload(case: Case, drawn: Drawn, judged: Mapping[str, DrawnPoints], draws: int) -> dict[str, Any]:
    """Everything the board shows, but the draws and the weights.

    Raises
    ------
    AukusMcdaError
        When an option has no name to be told from others by; see `competing`.
    """
    values = competing(case)
    if values.shape[0] < 1:
        raise AukusMcdaError("There is no option to rank.")
    names = case.options.reindex(columns=["name", "short"], fill_value="").fillna("")
    breached = breaches_of(case)
    # No line is on a weight set here, so who refuses an option is settled beforehand.
    refused = {
        option: [titled(profile) for profile in dict.fromkeys(breached.loc[breached["option"] == option, "profile"])]
        for option in values.index
    }
    return {
        "title": case.about.title,
        "marking": case.about.marking,
        "disclaimer": case.about.disclaimer,
        "nodes": nodes(case, case.criteria["parent"].to_dict()),
        "leaves": list(values.columns),
        "options": [
            {
                "id": option,
                "name": names.at[option, "name"] or option,
                "short": names.at[option, "short"] or option,
                "refused": refused[option],
            }
            for option in values.index
        ],
        "values": values.to_numpy(dtype=float).tolist(),
        "screened": [
            {"short": names.at[option, "short"] or option, "reason": reason} for option, reason in case.screened.items()
        ],
        "profiles": [
            {"id": name, "title": titled(name), "points": tree_points(case, case.profile(name)).to_dict()}
            for name in case.profiles
        ],
        "draws": draws if drawn.steps.size or judged else 0,
        "uncertain": bool(drawn.steps.size),
        "judged": {
            name: {"points": each.points, "nodes": each.nodes, "low": each.low.tolist(), "step": each.step.tolist()}
            for name, each in judged.items()
        },
        "low": drawn.low.tolist(),
        "step": drawn.step.tolist(),
    }
