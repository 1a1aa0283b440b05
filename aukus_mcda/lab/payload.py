"""What the browser needs to know of a case: sent once, as plain lists, texts and one block of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..export.theme import criterion_colours
from ..perspectives import breaches_of
from ..ranking import competing
from ..text import titled
from ..uncertainty import BLOCK, score_draws
from ..weights import PART, SCORES, Array, SwingRange, Weights, chunk_rng, weight_range, whole
from .store import tree_points


class DrawnSteps(NamedTuple):
    """Draws as the browser gets them, along the last axis: ``low + step * steps``, steps from 0 to 65,535."""

    low: Array
    step: Array
    steps: NDArray[np.uint16]

    @property
    def values(self) -> Array:
        """The numbers they stand for."""
        return self.low[..., None] + self.step[..., None] * self.steps


def in_steps(draws: Array) -> DrawnSteps:
    """Draws in 16-bit steps between the least and the greatest of each row."""
    low, high = draws.min(axis=-1), draws.max(axis=-1)
    step = (high - low) / np.iinfo(np.uint16).max
    apart = np.where(step > 0, step, 1.0)
    return DrawnSteps(low, step, np.rint((draws - low[..., None]) / apart[..., None]).astype(np.uint16))


def drawn_values(case: Case, draws: int, seed: int) -> DrawnSteps:
    """The first ``draws`` draws of scores that `smaa` makes with this seed, ``(m, k, n)``; without spread ``n = 0``.

    Raises
    ------
    WeightsError
        When ``draws`` is not a whole number from 1 to 8,192, or the seed not one from 0.
    AukusMcdaError
        When every option fails a screen.
    """
    count = whole(draws, "The number of draws", 1)
    if count > BLOCK:
        raise WeightsError(f"The board takes at most {BLOCK:,} draws, not {count:,}: smaa takes as many as you like.")
    table = competing(case)
    made, rng = score_draws(case, list(table.index), list(table.columns)), chunk_rng(seed, 0, SCORES)
    if made.certain:
        nothing = np.zeros(table.shape)
        return DrawnSteps(nothing, nothing, np.empty((*table.shape, 0), dtype=np.uint16))
    values, block = np.empty((*table.shape, count)), np.empty((table.shape[1], BLOCK))
    for option in range(len(table)):
        made.fill(rng, option, block)
        values[option] = block[:, :count]
    return in_steps(values)


class DrawnPoints(NamedTuple):
    """Swing points as judged, by node; the nodes whose points vary; and draws of those, ``(u, n)``."""

    points: dict[str, float]
    nodes: list[str]
    draws: DrawnSteps


def drawn_points(weights: Weights, draws: int, seed: int) -> DrawnPoints | None:
    """The first ``draws`` draws of swing points that `smaa` makes with this seed; None where none varies."""
    space = weight_range(weights)
    if not isinstance(space, SwingRange) or weights.points.empty:
        return None
    siblings, rng = space.siblings(weights.values.index), chunk_rng(seed, 0)
    units = np.hstack([siblings.units(rng, PART) for _ in range(0, draws, PART)])[:, :draws]
    nodes = [siblings.nodes[node] for node in siblings.uncertain]
    low, high = (space.points.loc[nodes, [end]].to_numpy(dtype=float) for end in ("low", "high"))
    return DrawnPoints(weights.points.astype(float).to_dict(), nodes, in_steps(low + (high - low) * units))


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


def nodes(case: Case, parents: Mapping[str, str]) -> list[dict[str, str]]:
    """What is shown of each criterion of a value tree, given as node to parent."""
    colours = criterion_colours(case)
    table = case.criteria.loc[list(parents), ["name", "question", "worst_means", "best_means"]]
    table = table.rename(columns={"worst_means": "worst", "best_means": "best"}).assign(
        parent=parents, colour=[colours[case.root_of(node)] for node in parents]
    )
    return list(table.rename_axis("id").reset_index().to_dict("records"))


def board_data(case: Case, drawn: DrawnSteps, judged: Mapping[str, DrawnPoints], draws: int) -> dict[str, Any]:
    """Everything the board shows, but the draws and the weights.

    Raises
    ------
    AukusMcdaError
        When an option has no name to be told from others by; see `competing`.
    """
    values = competing(case)
    if values.empty:
        raise AukusMcdaError("There is no option to rank.")
    breached = breaches_of(case)
    # No line is on a weight set here, so who refuses an option is settled beforehand.
    refused = {
        option: [titled(profile) for profile in dict.fromkeys(breached.loc[breached["option"] == option, "profile"])]
        for option in values.index
    }
    options = case.options[["name", "short"]]
    return {
        "title": case.about.title,
        "marking": case.about.marking,
        "disclaimer": case.about.disclaimer,
        "nodes": nodes(case, case.criteria["parent"].to_dict()),
        "leaves": list(values.columns),
        "options": [{"id": id_, **options.loc[id_].to_dict(), "refused": refused[id_]} for id_ in values.index],
        "values": values.to_numpy(dtype=float).tolist(),
        "screened": [{"short": options.at[id_, "short"], "reason": reason} for id_, reason in case.screened.items()],
        "profiles": [
            {"id": name, "title": titled(name), "points": tree_points(case, case.profile(name)).to_dict()}
            for name in case.profiles
        ],
        "draws": draws if drawn.steps.size or judged else 0,
        "uncertain": bool(drawn.steps.size),
        "judged": {
            name: {
                "points": each.points,
                "nodes": each.nodes,
                "low": each.draws.low.tolist(),
                "step": each.draws.step.tolist(),
            }
            for name, each in judged.items()
        },
        "low": drawn.low.tolist(),
        "step": drawn.step.tolist(),
    }
