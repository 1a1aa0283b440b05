# SPDX-License-Identifier: Apache-2.0
"""The worked cases of other fields: each ranking by hand, from the files alone."""

from __future__ import annotations

import csv

import pytest
from conftest import ROOT

from aukus_mcda import load_case, rank
from aukus_mcda.story.words import what_is_unknown


def table(case: str, name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / case / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points(case: str, profile: str) -> dict[str, float]:
    return {row["criterion"]: float(row["likely"]) for row in table(case, "weights") if row["profile"] == profile}


@pytest.mark.parametrize("profile", ["baseline", "treasury"])
def test_the_frigates_by_hand(profile: str) -> None:
    """Cells 8 to 32 with 60 points at 16, range 5,000 to 10,000, crew 180 to 80, price 700 to 0; unknown is 50."""

    def value(criterion: str, text: str) -> float:
        if criterion == "cells":
            return {"8": 0, "16": 60, "32": 100}[text]
        worst, best = {"range": (5000, 10000), "crew": (180, 80), "cost": (700, 0)}[criterion]
        return 50 if text == "" else 100 * (float(text) - worst) / (best - worst)

    swings = points("frigates", profile)
    scores: dict[str, float] = {}
    for row in table("frigates", "scores"):
        part = swings[row["criterion"]] / sum(swings.values()) * value(row["criterion"], row["likely"])
        scores[row["option"]] = scores.get(row["option"], 0) + part
    case = load_case("frigates")
    assert rank(case, profile).table["score"].to_dict() == pytest.approx(scores, abs=1e-9)
    assert rank(case, profile).table.index.tolist() == sorted(scores, key=scores.__getitem__, reverse=True)
    told = what_is_unknown(rank(case, "baseline").unplaced, case)
    assert (
        told == "Some scores are unknown: Daegu may rank anywhere from 2 to 3 and A-210 may rank anywhere from 1 to 5."
    )
    assert set(case.findings["code"]) == {"not-stated", "score-unknown", "no-evidence", "one-source"}


def test_the_office_of_the_textbook_by_hand_and_as_published(published: dict) -> None:
    office = published["smart-goodwin-wright-office"]
    weights = dict(
        zip(("closeness", "visibility", "image", "size", "comfort", "parking"), (32, 26, 23, 10, 6, 3), strict=True)
    )
    scores: dict[str, float] = {}
    for row in table("office_move", "scores"):
        scores[row["option"]] = scores.get(row["option"], 0) + weights[row["criterion"]] * float(row["likely"]) / 100
    case = load_case("office_move")
    assert case.profile("baseline").values.to_dict() == pytest.approx(
        {key: w / 100 for key, w in weights.items()}, abs=1e-12
    )
    assert rank(case).table["score"].to_dict() == pytest.approx(scores, abs=1e-9)
    totals = dict(zip(office["offices"], office["expected"]["totals"], strict=True))
    assert rank(case).table["score"].to_dict() == pytest.approx(totals, abs=0.051)
