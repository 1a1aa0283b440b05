"""The study tests its ranking, and says what the tests found."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, WeightsError, break_points, rank, smaa, stability, study, sweep, verdict
from aukus_mcda.analysis import Study
from aukus_mcda.export.figures import plot_acceptability, plot_information, plot_stability, plot_sweep
from aukus_mcda.story import wording
from aukus_mcda.weights.swing_ranges import SwingRange, weight_range


@pytest.fixture(scope="module")
def result(case: Case) -> Study:
    return study(case, "baseline", draws=20_000, seed=3)


@pytest.fixture(autouse=True)
def close_figures():  # type: ignore[no-untyped-def]
    yield
    plt.close("all")


def two(scores: list[float], **more: object) -> Case:
    table = pd.DataFrame({"option": list("ab"), "criterion": "x", "likely": scores}).assign(**more)
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}), scores=table
    )


def test_a_profile_is_drawn_between_its_own_low_and_high_points(case: Case) -> None:
    weights = case.profile("baseline")
    space = weight_range(weights)
    assert isinstance(space, SwingRange)
    draws = pd.DataFrame(space.draw(np.random.default_rng(1), 2000, case.leaves), columns=list(case.leaves))
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
    assert tests.verdict.word == "sensitive" and tests.verdict.code == "test-failed"
    assert any("every profile" in each for each in tests.verdict.unmet)
    again = study(result.case, "baseline", draws=20_000, seed=3).fragility
    assert again is not None
    pd.testing.assert_frame_equal(
        again.acceptability.rank_acceptability, tests.acceptability.rank_acceptability, check_exact=True
    )
    pd.testing.assert_frame_equal(again.evidence, tests.evidence, check_exact=True)


def test_the_sentences_say_what_the_tests_found(result: Study) -> None:
    tests, case = result.fragility, result.case
    assert tests is not None
    share = tests.acceptability.rank_acceptability.at["maritime_picture", 1]
    assert 0.55 < share < 0.62
    assert "Maritime picture" in wording.how_sure(tests, result.ranking, case)
    moved = f"{50 * tests.flip.distance:.1f} % of the weight moves"
    assert moved in wording.min_shift(tests, case)
    assert wording.methods_agree(tests, case) == "Maritime picture also leads in 2 of 3 other families of methods."
    assert wording.methods_apart(tests, case) == "VIKOR puts Experimentation first."
    assert any(each.startswith("It leads in 2 of 3 other families of methods.") for each in tests.verdict.reasons)
    assert "knowing all of them" in wording.to_collect(tests, case)


def test_an_option_that_cannot_be_beaten_and_a_tie_are_said() -> None:
    case = two([9, 1], low=[8, 0], high=[10, 2])
    tests = study(case, {"x": 1}, draws=1000).fragility
    assert tests is not None
    assert wording.min_shift(tests, case) == "There is one criterion: no change of weights changes the leader."
    assert "all of the 1,000 draws" in wording.how_sure(tests, rank(case, {"x": 1}), case)
    tied = two([5, 5], low=4, high=6)
    result = study(tied, {"x": 1}, draws=1000)
    assert result.fragility is not None and result.fragility.verdict.word == "inconclusive"
    assert "tie" in " ".join(result.statements)
    sure = wording.how_sure(result.fragility, result.ranking, tied)
    assert sure.startswith(
        "Given the uncertain scores, with the weights taken as certain, there is a roughly even chance"
    )
    assert "a shared lead counting in part" in sure


def test_sentences_claim_no_more_than_the_tests_found() -> None:
    scores = pd.DataFrame({"option": list("aaabbb"), "criterion": list("xyz") * 2, "likely": [9, 1, 5, 1, 9, 5]})
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": list("xyz"), "direction": "max", "worst": 0, "best": 10}),
        scores=scores.assign(low=0, high=10),
    )
    points = {"x": 50.01, "y": 50, "z": 50}
    result = study(case, points, draws=1000)
    assert result.fragility is not None
    assert "Given the uncertain scores, " in wording.how_sure(result.fragility, result.ranking, case)
    assert "leads once less than 0.1 % of the weight moves, all of it from x to y" in wording.min_shift(
        result.fragility, case
    )
    tied = study(case, points | {"x": 50}, draws=1000).fragility
    assert tied is not None and wording.min_shift(tied, case).endswith("the least change of weights can part them.")
    tests = study(case, points | {"x": 90}, draws=1000).fragility
    assert tests is not None
    changes = pd.Series({"x": -0.09, "y": 0.05, "z": 0.04})
    for moved, said in ((changes, "most of it"), (changes.where(changes < 0, 0.045), "the largest part")):
        flip = replace(tests.flip, changes=moved, distance=float(moved.abs().sum()))
        assert said in wording.min_shift(replace(tests, flip=flip), case)
    nobody = tests.methods.agreement.assign(same_leader=False)
    agreed = wording.methods_agree(replace(tests, methods=replace(tests.methods, agreement=nobody)), case)
    assert agreed == "a leads in none of 3 other families of methods."
    kin = replace(tests.methods, agreement=nobody.loc[["spotis", "mabac"]])
    assert wording.methods_agree(replace(tests, methods=kin), case).startswith("No method of another family")
    assert wording.methods_apart(replace(tests, methods=None), case) == ""
    little = replace(tests, information=tests.information.assign(value=0.003), evidence=tests.evidence.iloc[:0])
    assert ": less than 0.01 points; knowing all of them, " in wording.to_collect(little, case)


def test_one_option_alone_is_not_tested() -> None:
    case = two([5, 5])
    screens = pd.DataFrame({"option": ["a", "b"], "screen": "law", "passes": ["no", "yes"], "reason": "Forbidden."})
    alone = Case.from_frames(criteria=case.criteria.reset_index(), scores=case.scores.reset_index(), screens=screens)
    assert study(alone, {"x": 1}).fragility is None
    with pytest.raises(Exception, match="at least two options"):
        verdict(alone, {"x": 1})


def test_a_sweep_is_drawn_with_a_line_an_option_and_a_dot_a_change(case: Case) -> None:
    scores = sweep(case, "washington", "escalation")
    breaks = break_points(case, "washington", "escalation").query("kind == 'leader'")["share"].tolist()
    ax = plot_sweep(scores, case, "escalation", current=0.2, breaks=breaks)
    lines = ax.get_lines()
    assert len(lines) == len(scores.columns) + 2
    np.testing.assert_allclose(lines[0].get_ydata(), scores.iloc[:, 0])
    assert len(lines[-1].get_xdata()) == len(breaks) > 0
    ax.figure.canvas.draw()


def test_rank_acceptability_is_drawn_in_per_cent(result: Study) -> None:
    assert result.fragility is not None
    shares = result.fragility.acceptability.rank_acceptability
    ax = plot_acceptability(shares, result.case)
    assert len(ax.texts) == shares.size
    assert ax.texts[0].get_text() == f"{100 * shares[1].max():.0f}"


def test_stability_is_drawn_narrowest_first(case: Case) -> None:
    intervals = stability(case, "baseline")
    ax = plot_stability(intervals, case)
    room = (intervals["high"] - intervals["low"]).min()
    first = ax.collections[0].get_segments()[0]
    assert first[1][0] - first[0][0] == pytest.approx(100 * room)


def test_information_is_drawn_most_valuable_first(case: Case) -> None:
    leaves = list(case.leaves[:3])
    values = pd.DataFrame({"option": "incubator", "criterion": leaves, "value": [0.1, 0.3, 0.2]})
    ax = plot_information(values, case, top=2)
    assert [bar.get_width() for bar in ax.patches] == [0.3, 0.2]
    assert ax.get_yticklabels()[0].get_text() == f"Tech incubator: {case.criteria.at[leaves[1], 'name']}"


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
