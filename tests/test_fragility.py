# SPDX-License-Identifier: Apache-2.0
"""The study tests its ranking, and says what the tests found."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from aukus_mcda import Case, WeightsError, draw_weights, rank, smaa, study, verdict
from aukus_mcda.analysis import Study
from aukus_mcda.story import exhibit
from aukus_mcda.weights.weight_sets import SwingRange, weight_range


@pytest.fixture(scope="module")
def result(case: Case) -> Study:
    return study(case, "baseline", draws=20_000, seed=3)


def two(scores: list[float], **more: object) -> Case:
    table = pd.DataFrame({"option": list("ab"), "criterion": "x", "likely": scores}).assign(**more)
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}), scores=table
    )


def test_a_profile_is_drawn_between_its_own_low_and_high_points(case: Case) -> None:
    weights = case.profile("baseline")
    space = weight_range(weights)
    assert isinstance(space, SwingRange)
    draws = pd.DataFrame(draw_weights(space, case.leaves, 2000, seed=1), columns=list(case.leaves))
    assert (draws.min() >= weights.low - 1e-9).all() and (draws.max() <= weights.high + 1e-9).all()
    fixed = replace(weights, low=None, high=None)
    assert weight_range(fixed) is fixed


def test_every_test_is_made_and_the_verdict_follows_from_them(result: Study) -> None:
    tests = result.fragility
    assert tests is not None
    assert tests.acceptability.draws == 20_000 and tests.acceptability.seed == 3
    drawn = smaa(result.case, weight_range(result.ranking.weights), draws=20_000, seed=3)
    assert tests.acceptability.rank_acceptability.equals(drawn.rank_acceptability)
    assert tests.flip.leader == result.ranking.leaders[0]
    # Rule of docs/explanation/words.md, from the draws alone.
    share = drawn.leader_share
    clear = share - 2 * math.sqrt(share * (1 - share) / drawn.draws) >= 0.45
    assert tests.verdict.word == ("sensitive" if clear else "inconclusive")
    assert tests.verdict.code == ("test-failed" if clear else "no-clear-leader")
    assert any("every profile" in each for each in tests.verdict.unmet)
    again = study(result.case, "baseline", draws=20_000, seed=3).fragility
    assert again is not None
    pd.testing.assert_frame_equal(
        again.acceptability.rank_acceptability, tests.acceptability.rank_acceptability, check_exact=True
    )
    pd.testing.assert_frame_equal(again.evidence, tests.evidence, check_exact=True)


def test_a_sole_criterion_and_a_tie_are_told() -> None:
    alone = study(two([9, 1], low=[8, 0], high=[10, 2]), {"x": 1}, draws=1000)
    changes, sureness = exhibit(alone, "changes"), exhibit(alone, "sureness")
    assert changes is not None and changes.subtitle == "There is only one criterion."
    assert sureness is not None and "ranks first in every trial" in sureness.title
    tied = study(two([5, 5], low=4, high=6), {"x": 1}, draws=1000)
    assert tied.fragility is not None and tied.fragility.verdict.word == "inconclusive"
    shown = exhibit(tied, "sureness")
    assert shown is not None and "roughly even chance" in shown.subtitle


def test_titles_claim_no_more_than_the_tests_tell() -> None:
    scores = pd.DataFrame({"option": list("aaabbb"), "criterion": list("xyz") * 2, "likely": [9, 1, 5, 1, 9, 5]})
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": list("xyz"), "direction": "max", "worst": 0, "best": 10}),
        scores=scores.assign(low=0, high=10),
    )
    points = {"x": 50.01, "y": 50, "z": 50}

    def told(result: Study, name: str) -> tuple[str, str]:
        shown = exhibit(result, name)
        assert shown is not None
        return shown.title, shown.subtitle

    title, subtitle = told(study(case, points, draws=1000), "changes")
    assert title == "If under 0.1 points in 100 of weight move, b takes the lead" and subtitle.startswith(
        "From “x” to “y”."
    )
    result = study(case, points | {"x": 90}, draws=1000)
    tests = result.fragility
    assert tests is not None and tests.methods is not None
    changes = pd.Series({"x": -0.09, "y": 0.05, "z": 0.04})
    for moved, part in ((changes, "Most of it goes"), (changes.where(changes < 0, 0.045), "The largest part goes")):
        flip = replace(tests.flip, changes=moved, distance=float(moved.abs().sum()))
        assert told(replace(result, fragility=replace(tests, flip=flip)), "changes")[1].startswith(part)
    nobody = tests.methods.agreement.assign(same_leader=False)
    for kept, title in (
        (nobody, "a leads in 0 of 3 "),
        (nobody.loc[["spotis", "mabac"]], "No method of another family"),
    ):
        methods = replace(tests.methods, agreement=kept)
        ranks = methods.ranks[["additive", *kept.index]]
        altered = replace(tests, methods=replace(methods, ranks=ranks))
        assert told(replace(result, fragility=altered), "methods")[0].startswith(title)


def test_one_option_alone_is_not_tested() -> None:
    case = two([5, 5])
    screens = pd.DataFrame({"option": ["a", "b"], "screen": "law", "passes": ["no", "yes"], "reason": "Forbidden."})
    alone = Case.from_frames(criteria=case.criteria.reset_index(), scores=case.scores.reset_index(), screens=screens)
    assert study(alone, {"x": 1}).fragility is None
    with pytest.raises(Exception, match="at least two options"):
        verdict(alone, {"x": 1})


def test_weights_taken_as_certain_are_a_finding(case: Case) -> None:
    assert "weights-certain" not in set(study(case, "baseline", draws=1000).findings["code"])
    changed = study(case, case.profile("baseline").change({"escalation": 40}), draws=1000).findings.set_index("code")
    assert changed.at["weights-certain", "finding"].endswith("the weight of Escalation risk.")
    flat = study(case, dict.fromkeys(case.leaves, 100), draws=1000).findings
    assert any("for the leaves alone" in said for said in flat["finding"])
    assert any("taken as certain" in said for said in flat["finding"])


def test_a_misspelt_criterion_is_named_first(case: Case) -> None:
    points = case.profile("baseline").points.rename({"escalation": "escalaton"})
    with pytest.raises(WeightsError, match=r"No criterion called escalaton. No swing points for escalation."):
        rank(case, points)
