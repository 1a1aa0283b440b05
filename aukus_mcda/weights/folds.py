"""Answers folded into weights: later ones replace earlier ones, and the method is asked what they amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import refuse
from .best_worst import bwm
from .other_ways import over_tree, rank_order
from .pairwise import ahp
from .swing_weights import Weights, swing


def fold_swing(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    """Swing weights from points, ranges and ratios; a new biggest swing has its siblings judged anew."""
    points: dict[str, float] = {}
    ends: dict[str, dict[str, float]] = {"low": {}, "high": {}}
    ratios: dict[tuple[str, str], float] = {}
    biggest: dict[str, str] = {}
    group = _groups(settings.get("parents"))
    for answer in answers:
        if answer["kind"] == "ratio":
            ratios.pop((answer["b"], answer["a"]), None)  # asked again the other way round
            ratios[answer["a"], answer["b"]] = answer["times"]
        elif answer["kind"] == "profile":
            points, ends = dict(answer["points"]), {"low": {}, "high": {}}
        elif answer["kind"] == "biggest":
            chosen = answer["criterion"]
            here = group(chosen)
            if biggest.get(here) != chosen:  # the others were judged beside another
                for judged in (points, *ends.values()):
                    _forget(judged, here, group)
                ratios = {pair: times for pair, times in ratios.items() if group(pair[0]) != here}
            biggest[here], points[chosen] = chosen, 100.0
        else:
            criterion = answer["criterion"]
            points[criterion] = answer["points"]
            for word, end in ends.items():
                end.pop(criterion, None)  # judged around the points before
                if word in answer:
                    end[criterion] = answer[word]
    return swing(points, low=ends["low"] or None, high=ends["high"] or None, ratios=ratios or None, **settings)


def fold_order(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    """Weights from the last order given."""
    return rank_order(answers[-1]["best_first"] if answers else [], **settings)


def fold_comparisons(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    """AHP weights, group by group where the settings hold a tree."""
    comparisons: dict[tuple[str, str], float] = {}
    for answer in answers:
        comparisons.pop((answer["b"], answer["a"]), None)  # asked again the other way round
        comparisons.pop((answer["a"], answer["b"]), None)
        if answer["kind"] == "comparison":
            comparisons[answer["a"], answer["b"]] = answer["times"]
    parents = settings.pop("parents", None)
    if parents is None:
        return ahp(comparisons, **settings)
    group = _groups(parents)
    refuse(f"{a} and {b} are no siblings in the tree." for a, b in comparisons if group(a) != group(b))
    parts = {
        here: ahp({pair: times for pair, times in comparisons.items() if group(pair[0]) == here}, **settings)
        for here in dict.fromkeys(group(a) for a, _ in comparisons)
    }
    return over_tree(parts, parents, anchors=settings.get("anchors"))


def fold_best_worst(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    """Best-worst weights, group by group where the settings hold a tree."""
    sides: dict[str, dict[str, float]] = {"best_to_other": {}, "other_to_worst": {}}
    chosen: dict[str, dict[str, str]] = {"best": {}, "worst": {}}
    parents = settings.pop("parents", None)
    group = _groups(parents)
    for answer in answers:
        kind, criterion = answer["kind"], answer["criterion"]
        if kind not in chosen:
            sides[kind][criterion] = answer["times"]
        elif chosen[kind].get(group(criterion)) != criterion:  # the others were compared with another
            _forget(sides["best_to_other" if kind == "best" else "other_to_worst"], group(criterion), group)
            chosen[kind][group(criterion)] = criterion
    for here, best in chosen["best"].items():
        sides["best_to_other"][best] = 1.0
        worst = chosen["worst"].get(here)
        if worst is not None:
            sides["other_to_worst"][worst] = 1.0
        if worst in sides["best_to_other"]:  # the same question
            sides["other_to_worst"][best] = sides["best_to_other"][worst]
    to_others, to_worst = sides.values()
    if parents is None:
        named = {role: one[""] for role, one in chosen.items() if "" in one}
        return bwm(to_others, to_worst, **(settings | named))
    parts = {
        here: bwm(
            {name: times for name, times in to_others.items() if group(name) == here},
            {name: times for name, times in to_worst.items() if group(name) == here},
            **(settings | {role: one[here] for role, one in chosen.items() if here in one}),
        )
        for here in dict.fromkeys(map(group, to_others))
    }
    return over_tree(parts, parents, anchors=settings.get("anchors"))


def _groups(parents: Mapping[str, str] | None) -> Callable[[str], str]:
    """Which group of siblings a criterion belongs to: its parent, or one group of all without a tree."""
    return lambda criterion: "" if parents is None else parents.get(criterion, "")


def _forget(judged: dict[str, float], here: str, group: Callable[[str], str]) -> None:
    """Drop what was judged of one group's criteria."""
    for name in [name for name in judged if group(name) == here]:
        del judged[name]


FOLDS: dict[str, Callable[[list[dict[str, Any]], dict[str, Any]], Weights]] = {
    "swing": fold_swing,
    "rank_order": fold_order,
    "ahp": fold_comparisons,
    "bwm": fold_best_worst,
}
