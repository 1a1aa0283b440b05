# SPDX-License-Identifier: Apache-2.0
"""What a red team asks of a case, worked out again: attacks, a premortem, the answers of others, what was proposed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest
from thin_cases import thin

from aukus_mcda import Case, load_case, rank, study
from aukus_mcda.analysis import Study
from aukus_mcda.perspectives import future_names, rank_in
from aukus_mcda.story import EXHIBITS, Chart, Exhibit, Table, exhibit
from aukus_mcda.story.about_opponents import to_attack
from aukus_mcda.story.overview import CHOICES, built


def shown(result: Study, name: str) -> Exhibit:
    made = exhibit(result, name)
    assert made is not None
    return made


def test_the_evidence_to_attack_is_what_the_scores_that_gain_cite(tested: Study, case: Case) -> None:
    for option, win in tested.wins.items():
        gains = to_attack(tested.ranking, case, win)
        if win.part > 0:
            again: dict[str, float] = {}
            for move in win.moves[win.moves["option"] != ""].itertuples():
                for item in case.scores.at[(move.option, move.criterion), "evidence"]:
                    again[item] = again.get(item, 0.0) + move.gain
            assert gains.to_dict() == pytest.approx(again) and gains.is_monotonic_decreasing
        else:
            assert set(gains.index) <= set(case.register.index) and gains.isna().all() and len(gains)
        (_, build) = CHOICES["rival"]
        made = built(build, tested, case, option)
        assert made is not None
        table = made.of(Table)[-1]
        claims, grades = (next(each.cells for each in table.columns if each.heading == name)
                          for name in ("What it says", "Grade"))  # fmt: skip
        items = list(gains.index[: len(claims)])
        assert list(claims) == list(case.evidence.loc[items, "claim"])
        sources = case.evidence.loc[items, "source"]
        letters = case.sources.loc[sources, "reliability"].to_numpy() + case.evidence.loc[items, "credibility"]
        assert list(grades) == list(letters)


def test_rivals_stand_beside_the_evidence_that_most_of_them_attack(tested: Study) -> None:
    made = shown(tested, "rivals")
    assert made.title == "In “The Quad stalls or India declines” Experimentation leads"
    assert len(made.of(Chart)) == 1 and made.of(Table)[0].columns[1].heading == "Attacked for"


@pytest.mark.parametrize("day", ["2025-12-30", "2023-08-17"])
def test_on_an_earlier_day_only_what_was_known_is_attacked(day: str) -> None:
    early = load_case("aukus_plus_two", as_of=day)
    result = study(early, draws=100)
    for win in result.wins.values():
        assert (
            set(to_attack(result.ranking, early, win).index) <= set(early.evidence.index) != set(early.register.index)
        )
    assert "quad_stalls" in {win.future for win in result.wins.values()}, "which cites evidence of 2026"
    assert [name for name in ("rivals", "premortem", "answers", "as proposed") if exhibit(result, name) is None] == []


def test_a_premortem_is_the_cases_own_words_and_numbers(tested: Study, case: Case) -> None:
    made = shown(tested, "premortem")
    (table,) = made.of(Table)
    because, gave_way, says, signs = (list(column.cells) for column in table.columns)
    weights = tested.ranking.weights.values
    there = case.performance.copy()  # this future shifts scores alone
    rows = case.scenarios[case.scenarios["scenario"] == "quad_stalls"]
    assert rows["weight_factor"].isna().all() and "quad_stalls" in case.assumptions.at["a_quad_works", "broken_in"]
    for row in rows.itertuples():
        there.loc[row.option or slice(None), row.criterion] += row.shift
    values = pd.DataFrame({leaf: case.value_function(leaf)(there[leaf].clip(0, 10)) for leaf in there}, there.index)
    scores = (values * weights).sum(axis=1)[list(case.competing)]
    behind = scores.drop("maritime_picture").max() - scores["maritime_picture"]
    assert gave_way[0] == case.assumptions.at["a_quad_works", "statement"] and behind > 0
    assert says[0] == f"The Quad stalls or India declines: it falls {behind:.1f} points behind"
    assert signs[0] == case.assumptions.at["a_quad_works", "signpost"] and table.tones[0] == "warn"
    assert made.title == "Maritime picture fails first in “The Quad stalls or India declines”"
    assert made.subtitle.startswith("It is November 2028, and Maritime picture has failed.")
    depends_on = case.options.at["maritime_picture", "depends_on"]
    (held,) = made.of(str)
    assert because == ["It rested on"]
    leads = {}
    for future in {future for item in depends_on for future in case.assumptions.at[item, "broken_in"]}:
        ranked = rank_in(case, tested.ranking.weights, future).ranked["score"]
        leads[future_names(case)[future]] = ranked["maritime_picture"] - ranked.drop("maritime_picture").max()
    assert {name for name, lead in leads.items() if lead < 0} == {"The Quad stalls or India declines"}
    for name, lead in leads.items():
        assert (f"{name} (ahead by {lead:.1f} points)" in held) == (lead > 0)

    weakest = {}
    for leaf in case.leaves:
        cites = case.scores.at[("maritime_picture", leaf), "evidence"]
        items = [case.register.loc[item] for item in cites]
        grades = [(item["credibility"], case.sources.at[item["source"], "reliability"]) for item in items]
        low = case.value_range[0].at["maritime_picture", leaf]
        weakest[leaf] = (min(grades), weights[leaf] * (case.values.at["maritime_picture", leaf] - low))
    worst = max(weakest, key=lambda leaf: weakest[leaf])
    now = (case.values * weights).sum(axis=1)[list(case.competing)]
    ahead = now["maritime_picture"] - now.drop("maritime_picture").max() - weakest[worst][1]
    assert f"{case.criteria.at[worst, 'name']} (at its low end {ahead:.1f} points ahead)" in held and ahead > 0

    low = case.value_range[0].loc["maritime_picture"]
    for (profile, criterion), line in case.redlines.iterrows():
        if criterion in case.leaves:
            assert low[criterion] >= line["least_value"], "so no line is a reason"
            if criterion == "det_assurance":
                name = case.criteria.at[criterion, "name"]
                assert f"{profile.capitalize()}'s red line on {name} ({low[criterion]:.0f} at its low end" in held


def test_a_case_that_says_little_is_told_what_it_does_not_name() -> None:
    made = shown(study(thin(spread=1), draws=100), "premortem")
    assert made.title == "How Plan ash would fail"
    silence = "The case is silent on what it depends on, a future that breaks what it depends on, "
    assert made.of(str)[-1] == f"{silence}evidence for its scores and a red line."
    lead, at_risk = 0.5, 5.0  # a score that may be a tenth lower, of half the weight
    assert [row[2] for row in made.of(Table)[0].rows] == [
        f"Judged {judged}; without evidence; at its low end it falls {at_risk - lead} points behind"
        for judged in ("6.3 (5.3 to 7.3)", "4 (3 to 5)")
    ]
    line = pd.DataFrame({"profile": ["baseline"], "criterion": "q", "least_value": 35, "reason": "r"})
    near = shown(study(thin(spread=1, redlines=line), draws=100), "premortem").of(Table)[0].rows[-1]
    assert near[2] == "Worth 40: 5.0 points to spare, but 30 at the low end of the range"
    rivals = shown(study(thin(spread=0.8), draws=100), "rivals")  # no future is named, so no bar has two ends
    assert rivals.of(Chart) == [] and rivals.of(Table)[0].rows[0] == ("Plan elm", "3 %")
    assert "Bar" not in rivals.footnote
    bare = study(thin(), draws=100)
    assert shown(bare, "premortem").title == "The case knows no reason why Plan ash would fail"
    assert shown(bare, "premortem").of(Table) == [] and len(shown(bare, "premortem").of(str)) == 1
    for name in ("answers", "as proposed"):
        assert exhibit(bare, name) is None and ".csv)" in repr(bare.show(name))


def test_a_tie_where_an_assumption_breaks_is_no_lead_and_one_may_have_no_future() -> None:
    assumptions = {"id": ["dry", "calm"], "statement": ["It stays dry", "It stays calm"], "load_bearing": "yes",
                   "vulnerable": "yes", "broken_in": ["rain", ""]}  # fmt: skip
    rain = {"scenario": "rain", "name": "A wet year", "option": "ash", "criterion": "p", "shift": [-0.1]}
    lines = {"profile": ["baseline"], "criterion": "q", "least_value": 45, "reason": "r"}
    tables = {"assumptions": assumptions, "scenarios": rain, "redlines": lines}
    frames = {name: pd.DataFrame(table) for name, table in tables.items()}
    made = shown(study(thin(columns={"depends_on": ["dry;calm", "", ""]}, **frames), draws=100), "premortem")
    assert made.title == "Plan ash at worst shares the lead where what it rests on breaks"
    (row,) = made.of(Table)[0].rows
    assert row[1:3] == ("Baseline: Aim q, at least 45", "Worth 40: crossed by 5.0 points")
    assert made.of(str)[:2] == [
        "Tested and held: A wet year (a tie).",
        "No future tests this: It stays calm.",
    ]


def test_the_answers_of_others_rest_on_the_register_and_are_the_cases_own_scores(tested: Study, case: Case) -> None:
    rows = case.responses
    pairs = {(option, actor) for option in case.competing for actor in ("Beijing", "Pyongyang")}
    assert set(rows.index) == pairs
    assert rows["rationale"].str.startswith("Our judgement").all() and rows["owner"].ne("").all()
    assert {case.root_of(leaf) for leaf in rows["criterion"]} == {"escalation"}
    assert rows["by"].le(str(case.about.review_by)).all() and rows["by"].gt(case.about.day).all()
    assert rows["evidence"].map(len).gt(0).all() and set(rows["evidence"].explode()) <= set(case.evidence.index)
    made = shown(tested, "answers")
    table, detail = made.of(Table)
    ranked = list(tested.ranking.ranked.index)
    assert list(table.columns[0].cells) == list(case.options["short"][ranked])
    cells = {
        (option, column.heading): cell
        for column in table.columns[1:]
        for option, cell in zip(ranked, column.cells, strict=True)
    }
    for (option, actor), row in rows.iterrows():
        cell = cells[option, case.criteria.at[row["criterion"], "name"]]
        assert actor in cell and cell.endswith(f" {case.values.at[option, row['criterion']]:.0f}")
    assert sum(cell.count(actor) for cell in cells.values() for actor in ("Beijing", "Pyongyang")) == len(rows)
    on_korea = rows["criterion"].eq("esc_korea").sum()
    assert made.title == f"{on_korea} of {len(rows)} best answers are counted on North Korean provocation"
    assert "not a score of the answer" in made.subtitle
    assert len(detail.rows) == 10 and "5 more options are not shown." in made.of(str)


def worth_of_all(case: Case, weights: pd.Series) -> dict[tuple[str, ...], tuple[float, float]]:
    """Effort and points over the status quo of every package that keeps the rules, by its options."""
    gains = ((case.values - case.values.loc["status_quo"]) * weights).sum(axis=1)
    options = [each for each in case.competing if each != "status_quo"]
    packages = {}
    for held in (each for size in range(len(options) + 1) for each in combinations(options, size)):
        rows = case.options.loc[list(held)]
        if rows["requires"].map({*held}.issuperset).all() and rows["excludes"].map({*held}.isdisjoint).all():
            extra = [
                row.value * weights[row.criterion] for row in case.synergies.itertuples() if {*held} >= {*row.options}
            ]
            packages[held] = (float(rows["effort"].sum()), float(gains[list(held)].sum() + sum(extra)))
    return packages


def test_what_the_paper_proposes_is_scored_as_any_package_is(tested: Study, case: Case) -> None:
    made = shown(tested, "as proposed")
    assert set(case.proposals["evidence"].explode()) <= set(case.evidence.index[case.evidence["source"] == "pacnet"])
    every = worth_of_all(case, tested.ranking.weights.values)
    held, milder = (tuple(each for each in case.competing if each in row) for row in case.proposals["options"])
    effort, value = every[held]
    best = max((each for each in every.values() if each[0] <= effort), key=lambda each: (each[1], -each[0]))
    heat, compared = made.of(Table)
    _, efforts, points, *_ = compared.columns
    for place, (taken, gained) in enumerate((every[held], every[milder], best)):
        assert (efforts.cells[place], points.cells[place]) == pytest.approx((taken, gained))
    assert (
        made.title
        == f"PacNet 63 all at once takes {effort:g} of effort for {value:.0f} points; {best[0]:g} gets {best[1]:.0f}"
    )
    single = {case.options.at[each, "short"]: every.get((each,), (0, None))[1] for each in held}
    for name, total in zip(heat.columns[0].cells, heat.columns[-1].cells, strict=True):
        if single[name] is not None:
            assert total == pytest.approx(single[name])
    losing = sum(total < -0.05 for total in heat.columns[-1].cells)
    assert made.subtitle.startswith({3: "Three"}[losing]) and "Integrated posture" in compared.rows[0][-1]


def test_what_cannot_be_taken_as_a_whole_is_told_and_the_best_is_told_as_such(case: Case, tested: Study) -> None:
    def proposing(*options: str) -> Exhibit:
        table = case.proposals.head(1).assign(options=[options])
        return shown(replace(tested, case=replace(case, proposals=table)), "as proposed")

    clash = proposing("confidence_track", "integrated_posture", "info_umbrella", "experimentation")
    assert clash.title == "What is proposed cannot be taken as a whole"
    assert "Confidence track" in clash.of(str)[0] and "exclude" in clash.of(str)[0]
    best = proposing(*shown_best(tested))
    unnamed = replace(tested, case=replace(case, about=replace(case.about, status_quo="")))
    assert exhibit(unnamed, "as proposed") is None
    assert "names no status quo" in repr(unnamed.show("as proposed"))
    assert best.title.endswith("points, the most there is")


def test_points_lost_have_a_minus_sign(case: Case, tested: Study) -> None:
    weights = case.weights(dict.fromkeys(case.roots, 1) | dict.fromkeys(case.leaves, 1) | {"escalation": 100})
    made = shown(replace(tested, ranking=rank(case, weights)), "as proposed")
    assert re.search("for \N{MINUS SIGN}[0-9]+ points", made.title) and "-" not in made.title
    assert made.of(Table)[1].columns[2].texts[0].startswith("\N{MINUS SIGN}")


def shown_best(tested: Study) -> tuple[str, ...]:
    assert tested.packages is not None
    return tested.packages.best


def test_the_annex_has_a_red_teams_pages() -> None:
    assert {"rivals", "premortem", "answers", "as proposed"} <= set(EXHIBITS)
