"""Tables, figures and sentences say what the results are, by id, and change nothing."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, rank, smaa, study
from aukus_mcda.export.figures import plot_contributions, plot_ranking
from aukus_mcda.story.palette import criterion_colours, option_colours
from aukus_mcda.story.result_tables import (
    by_root,
    contributions_export,
    findings_table,
    rank_labels,
    ranking_table,
    readable,
    weights_table,
)
from aukus_mcda.story.wording import (
    leads_more_often,
    overlap,
    profiles_agree,
    refused,
    spread,
    strongest,
    who_leads,
)
from aukus_mcda.text import weights_named
from tools.lint_words import lint


def tiny(likely: dict[str, tuple[float, float]], **more: object) -> Case:
    """Options scored on x and y, each from 0 to 100, with two profiles that weigh one of them alone."""
    rows = [(option, leaf, score) for option, pair in likely.items() for leaf, score in zip("xy", pair, strict=True)]
    scores = pd.DataFrame(rows, columns=["option", "criterion", "likely"])
    weights = pd.DataFrame(
        {"profile": ["uk", "uk", "MoD", "MoD"], "criterion": list("xyxy"), "likely": [100, 0, 0, 100]}
    )
    criteria = pd.DataFrame(
        {"id": ["x", "y"], "direction": "max", "worst": 0, "best": 100, "name": ["US trust", "Cost"]}
    )
    return Case.from_frames(criteria=criteria, scores=scores.assign(**more), weights=weights)


@pytest.fixture(autouse=True)
def close_figures():  # type: ignore[no-untyped-def]
    yield
    plt.close("all")


def test_tied_ranks_are_marked() -> None:
    ranking = rank(tiny({"a": (50, 50), "b": (50, 50), "c": (10, 10)}), {"x": 1, "y": 1})
    assert rank_labels(ranking).to_dict() == {"a": "1=", "b": "1=", "c": "3"}
    assert who_leads(ranking) == "a and b rank first together under the weights given."


def test_the_table_for_readers_rounds_and_the_export_does_not(case: Case) -> None:
    ranking = rank(case)
    shown = ranking_table(ranking)
    assert shown.at["maritime_picture", "Score"] == f"{ranking.table.at['maritime_picture', 'score']:.1f}"
    assert shown.at["nuclear_sharing", "Rank"] == "\N{EN DASH}" and shown.at["nuclear_sharing", "Screened out because"]
    exported = contributions_export(ranking).set_index("option")
    np.testing.assert_allclose(exported.drop(columns="score").sum(axis=1), exported["score"], atol=1e-9)


def test_branches_add_up_to_the_score_and_weights_to_a_hundred(case: Case) -> None:
    ranking = rank(case)
    np.testing.assert_allclose(by_root(ranking.contributions, case).sum(axis=1), ranking.table["score"], atol=1e-9)
    shares = weights_table(ranking, case)["Weight"].str.removesuffix(" %").astype(float)
    assert shares.sum() == pytest.approx(100, abs=1)


def test_a_readable_table_shows_markup_as_text() -> None:
    html = readable(pd.Series({"name": "<script>x</script>"}))._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_readable_table_is_in_words(case: Case) -> None:
    table = pd.DataFrame(
        {"option": ["status_quo"], "criterion": ["det_picture"], "profile": ["seoul"], "scenario": ["relapse"],
         "evidence": [("ipmda-design", "quad-members")], "leader_changes": [np.True_], "share": [0.57391],
         "worst": [-119.934], "draws": [1_015_808.0], "left": [None]},
    )  # fmt: skip
    shown = readable(table, case).frame
    assert list(shown.columns[-5:]) == ["Leader changes", "Share", "Worst", "Draws", "Left"]
    assert list(shown.iloc[0]) == [
        "Status quo", "Shared maritime warning", "Seoul", "Tokyo and Seoul fall out again",
        "ipmda-design; quad-members", "yes", "0.574", "-120", "1,015,808", "\N{EN DASH}",
    ]  # fmt: skip
    assert list(shown.index) == [""], "a number that only counts the rows is left out"
    assert list(readable(table.set_index("option"), case).frame.index) == ["Status quo"]
    assert readable(table).frame.loc["", "Option"] == "status_quo", "without a case ids stand as they are"


def test_findings_name_options_and_criteria(case: Case) -> None:
    findings = pd.DataFrame(
        {"finding": ["One.", "Two."], "standard": ["S", "S"],
         "place": ["status_quo on det_picture; early_dialogue on det_picture and 63 more", "options"]}
    )  # fmt: skip
    assert list(findings_table(findings, case)["Where"]) == [
        "Status quo on Shared maritime warning; Early dialogue on Shared maritime warning and 63 more", "options",
    ]  # fmt: skip


def test_a_heading_stands_once_and_a_risk_is_said_to_be_avoided(case: Case) -> None:
    shown = readable(ranking_table(rank(case)), case).frame
    assert shown.index.name == "" and "Option" in shown.columns
    labels = plot_contributions(rank(case), case).get_legend_handles_labels()[1]
    assert labels == ["Deterrence value", "Escalation risk avoided", "Interoperability", "Political acceptability"]


def overlapping(likely: list[int], low: int, high: int) -> str:
    """What is said of options whose drawn scores lie so far below and above the likely ones."""
    case = tiny({"abcdef"[k]: (each, each) for k, each in enumerate(likely)}, low=0, high=100)
    drawn = smaa(case, {"x": 1, "y": 1}, draws=10)
    ends = pd.DataFrame({"low": np.subtract(likely, low), "high": np.add(likely, high)}, index=drawn.interval.index)
    return overlap(rank(case, {"x": 1, "y": 1}), replace(drawn, interval=ends))


def test_overlaps_are_counted_among_several() -> None:
    start = "The 5-95\N{NO-BREAK SPACE}% interval"
    for likely, said in (
        ([60, 50, 45], "of both other options overlaps"),
        ([60, 50, 45, 44], "of all the other 3 options overlaps"),
        ([60, 50, 20], "of 1 of the other 2 options overlaps"),
        ([60, 50, 45, 20], "of 2 of the other 3 options overlaps"),
    ):
        assert overlapping(likely, 10, 10).startswith(f"{start} {said} that of the leader: ")


def test_a_leader_that_somebody_refuses_is_said_to_be_refused() -> None:
    lines = pd.DataFrame({"profile": ["uk", "MoD"], "criterion": "x", "least_value": 50, "reason": "r"})
    plain = tiny({"a": (10, 90), "b": (60, 20)})
    case = Case.from_frames(
        criteria=plain.criteria.reset_index(), scores=plain.scores.reset_index(), weights=plain.points.reset_index(),
        redlines=lines,
    )  # fmt: skip
    leading = rank(case, {"x": 1, "y": 9})
    assert refused(leading, case) == "a breaches red lines recorded for UK and MoD, which no score outweighs."
    assert refused(rank(case, {"x": 9, "y": 1}), case) == ""
    assert refused(leading, case) in study(case, {"x": 1, "y": 9}, draws=100).statements


def test_an_option_that_leads_more_often_than_the_leader_is_named(case: Case) -> None:
    found = study(case, "baseline", draws=2_000)
    assert leads_more_often(found.fragility, found.ranking, case) == ""
    leader, second = found.ranking.ranked.index[:2]
    drawn = found.fragility.acceptability
    turned = drawn.rank_acceptability.rename({leader: second, second: leader})
    tests = replace(found.fragility, acceptability=replace(drawn, rank_acceptability=turned))
    said = leads_more_often(tests, found.ranking, case)
    assert said.startswith(f"{case.options.at[second, 'short']} ranks first in more of the draws, ")
    assert said in replace(found, fragility=tests).statements and not lint(said)


def test_weights_are_named_as_a_reader_would(case: Case) -> None:
    assert weights_named(rank(case, "washington").weights.name) == "the Washington weights"
    changed = case.profile("washington").change({"escalation": 90})
    assert weights_named(rank(case, changed).weights.name) == "weights changed from the Washington ones"
    assert (
        weights_named(rank(case, dict.fromkeys(case.points.loc["baseline"].index, 100)).weights.name)
        == "the weights given"
    )


def test_leaders_are_told_apart_by_id_not_by_their_names() -> None:
    case = tiny({"a": (90, 10), "b": (10, 90)})
    by_profile = {name: rank(case, name) for name in case.profiles}
    assert profiles_agree(by_profile, case) == "a leads under UK; b leads under MoD."
    same = tiny({"a": (90, 90), "b": (10, 10)})
    assert (
        profiles_agree({name: rank(same, name) for name in same.profiles}, same)
        == "a leads under both weight profiles."
    )


def test_what_is_gained_and_given_up() -> None:
    case = tiny({"a": (90, 10), "b": (20, 40)})
    assert (
        strongest(rank(case, {"x": 1, "y": 1}), case) == "a gains 35.0 on US trust over b, and gives up 15.0 on Cost."
    )
    assert (
        spread(rank(case, {"x": 1, "y": 1}), case)
        == "a scores 50.0 of 100; both ranked options lie within 20.0 points."
    )


@pytest.mark.parametrize(
    ("width", "said"),
    [(1, "of the leader lies above that of every other option."), (30, "of the other option overlaps that of the")],
)
def test_overlapping_ranges_are_said(width: int, said: str) -> None:
    assert overlapping([60, 40], width, width).startswith(f"The 5-95\N{NO-BREAK SPACE}% interval {said}")


def test_the_ranking_figure_has_a_bar_for_each_option(case: Case) -> None:
    ranking = rank(case)
    ax = plot_ranking(ranking, case)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(ranking.ranked["score"].tolist())
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["1  Maritime picture", "2  Experimentation"]
    top, bottom = ax.get_ylim()[::-1]
    assert top < bottom


def test_two_options_that_tie_are_two_bars() -> None:
    case = tiny({"a": (50, 50), "$b$": (50, 50)})
    ax = plot_ranking(rank(case, {"x": 1, "y": 1}), case)
    assert len(ax.patches) == 2
    assert [label.get_text() for label in ax.get_yticklabels()] == [r"1=  \$b\$", "1=  a"]
    ax.figure.canvas.draw()


def test_contributions_are_stacked_end_to_end(case: Case) -> None:
    ranking = rank(case)
    ax = plot_contributions(ranking, case)
    count = len(ranking.ranked)
    for row in range(count):
        segments = ax.patches[row::count]
        ends = [segment.get_x() + segment.get_width() for segment in segments]
        assert [segment.get_x() for segment in segments] == pytest.approx([0, *ends[:-1]])
        assert ends[-1] == pytest.approx(ranking.ranked["score"].iloc[row])


def test_figures_are_drawn_where_they_are_asked_to_be(case: Case) -> None:
    figure, axes = plt.subplots(2)
    assert plot_ranking(rank(case), case, ax=axes[0]) is axes[0]
    assert plot_contributions(rank(case), case, ax=axes[1]) is axes[1]
    figure.canvas.draw()


def test_each_option_and_criterion_has_a_colour_of_its_own(case: Case) -> None:
    colours = option_colours(case)
    assert list(criterion_colours(case)) == list(case.roots)
    assert len(set(colours.values())) == len(colours) == len(case.options)


def test_a_study_holds_the_ranking_of_every_profile(case: Case) -> None:
    result = study(case, "seoul")
    assert result.profile_ranks["seoul"].equals(result.ranking.table["rank"])
    assert set(result.by_profile) == set(case.profiles)
    assert result.provenance["weights"] == "seoul (swing)"
    changed = study(case, case.profile("seoul").change({"escalation": 10}))
    assert changed.provenance["weights"] == "seoul, changed (swing)"
