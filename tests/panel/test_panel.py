# SPDX-License-Identifier: Apache-2.0
"""A panel: answers are trusted in nothing, views are mixed and never averaged, and a split is told as a split."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from aukus_mcda import Case, CaseError, cli, futures, information_value, joint, load_case, rank, smaa, study, verify
from aukus_mcda.errors import ExportError
from aukus_mcda.lab.asking import write_questions
from aukus_mcda.lab.store import save_weights
from aukus_mcda.panel import (
    ANSWER_FORMAT,
    Panel,
    close_panel,
    closed_rounds,
    collect,
    mixture_of,
    note_asked,
    question_digest,
)
from aukus_mcda.panel.answers import Answers, answered_again, closed_answers, members_of, panel_folder
from aukus_mcda.panel.mixture import between_judges, different, intraclass
from aukus_mcda.story import Chart, Table
from aukus_mcda.story.overview import exhibit
from aukus_mcda.text import percent
from aukus_mcda.uncertainty import Acceptability, acceptability_of_mixture
from aukus_mcda.weights import Weights, weight_range


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("starter")


def answered(case: Case, judge: str, **changes: Any) -> dict[str, Any]:
    """What a judge who agrees with the authors would send, with some changes."""
    rows = [
        {"option": option, "criterion": leaf, "rationale": "So it is."}
        | {end: float(row[end]) for end in ("low", "likely", "high")}
        for (option, leaf), row in case.scores.iterrows()
    ]
    points = case.profile("baseline").points.to_dict()
    whole = {
        "format": ANSWER_FORMAT,
        "case": question_digest(case),
        "judge": judge,
        "round": 1,
        "at": "2026-11-29T10:00:00.000Z",
    }
    return whole | {"scores": rows, "weights": points} | changes


def sent(folder: Path, answers: object, name: str = "answers") -> Path:
    path = folder / f"{name}.json"
    text = answers if isinstance(answers, bytes | str) else json.dumps(answers)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))  # as an editor may save it
    return path


def moved(case: Case, judge: str, option: str, leaf: str, likely: float, **changes: Any) -> dict[str, Any]:
    answers = answered(case, judge, **changes)
    for row in answers["scores"]:
        if (row["option"], row["criterion"]) == (option, leaf):
            row |= {"low": likely, "likely": likely, "high": likely, "rationale": f"{judge} says so."}
    return answers


def panel_of(case: Case, folder: Path, *every: dict[str, Any]) -> Path:
    collect(case, folder, [sent(folder.parent, each, f"{k}") for k, each in enumerate(every)])
    close_panel(case, folder)
    return folder


def judges_of(case: Case, folder: Path) -> list[tuple[Answers, Case, Weights | None]]:
    return members_of(case, closed_answers(case, folder))


def row_of(answers: dict[str, Any], **cells: object) -> dict[str, Any]:
    first, *rest = answers["scores"]
    return answers | {"scores": [{name: cell for name, cell in (first | cells).items() if cell is not ...}, *rest]}


def unable(answers: dict[str, Any], why: str) -> dict[str, Any]:
    first, *rest = answers["scores"]
    cell = {name: first[name] for name in ("option", "criterion")}
    return answers | {"scores": [cell | {"cannot": True, "rationale": why}, *rest]}


HOSTILE = {
    "no JSON": (lambda good: "{", "breaks off", ""),
    "ten megabytes": (lambda good: json.dumps(good) + " " * 10_000_000, "more than 1,000,000 bytes", ""),
    "nested without end": (lambda good: "[" * 200_000, "", ""),
    "a list": (lambda good: [good], "another form", "format"),
    "another version": (lambda good: good | {"format": "aukus-mcda answers 9"}, "another form", "format"),
    "another case's digest": (lambda good: good | {"case": "0" * 64}, "answers to another case", "case"),
    "not a number": (lambda good: json.dumps(good).replace('"likely": 4.0', '"likely": NaN', 1), "not a number", ""),
    "endless": (lambda good: json.dumps(good).replace('"likely": 4.0', '"likely": 1e999', 1), "inf", "likely"),
    "a key that stands twice": (lambda good: json.dumps(good)[:-1] + ', "judge": "B"}', "stands twice", ""),
    "the same score twice": (lambda good: good | {"scores": good["scores"][:1] * 2}, "the same score again", ""),
    "a judge's name of 10,000 letters": (lambda good: good | {"judge": "A" * 10_000}, "AAA", "judge"),
    "a judge's name that cannot be seen": (lambda good: good | {"judge": "A\u202eB"}, "", "judge"),
    "no judge": (lambda good: good | {"judge": 7}, "7", "judge"),
    "a round that is none": (lambda good: good | {"round": True}, "True", "round"),
    "no day": (lambda good: good | {"at": "soon"}, "'soon'", "at"),
    "half a moment": (lambda good: good | {"at": "2026-11-29"}, "'2026-11-29'", "at"),
    "an entry too many": (lambda good: good | {"run": "rm"}, "an unknown entry", "run"),
    "an entry too few": (lambda good: {k: v for k, v in good.items() if k != "weights"}, "no such entry", "weights"),
    "no such option": (lambda good: row_of(good, option="x"), "does not score", "option"),
    "a list for an option": (lambda good: row_of(good, option=["as_now"]), "", "scores"),
    "beyond the scale": (lambda good: row_of(good, high=11.0), "11", "high"),
    "in no order": (lambda good: row_of(good, low=9.0), "low 9 above likely", "low"),
    "one end": (lambda good: row_of(good, low=...), "nothing", "low"),
    "blank": (lambda good: row_of(good, low=..., likely=..., high=...), "nothing", "likely"),
    "text for a score": (lambda good: row_of(good, likely="5"), "'5'", "likely"),
    "a long reason": (lambda good: row_of(good, rationale="a" * 3000), "2000", "rationale"),
    "no reason": (lambda good: row_of(good, rationale=" "), "no reason", "rationale"),
    "a reason that a terminal obeys": (lambda good: row_of(good, rationale="\x1b[2J"), "x1b", "rationale"),
    "a number and cannot": (lambda good: row_of(good, cannot=True), "True", "cannot"),
    "points beyond 100": (lambda good: good | {"weights": good["weights"] | {"speed": 101}}, "101", "likely"),
    "points for what is not there": (lambda good: good | {"weights": good["weights"] | {"x": 1}}, "'x'", "criterion"),
    "points that are text": (lambda good: good | {"weights": good["weights"] | {"speed": "1"}}, "'1'", "likely"),
    "points for a part": (lambda good: good | {"weights": {"benefit": 100}}, "no swing points", "criterion"),
    "bytes that are not text": (lambda good: b"\xff\xfe", "not text", ""),
    "nothing that was judged": (lambda good: good | {"scores": [], "weights": {}}, "nothing that was judged", "scores"),
    "a reason for no score that a terminal obeys": (lambda good: unable(good, "\x1b[2J"), "x1b", "rationale"),
    "half a letter": (lambda good: unable(good, "x\ud83d"), "ud83d", "rationale"),
    "a moment to come": (lambda good: good | {"at": "2999-01-01T00:00:00.000Z"}, "2999", "at"),
    "a moment that is none": (lambda good: good | {"at": "2026-11-29T99:99:99.000Z"}, "99:99", "at"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_answers_get_a_plain_fault_and_change_nothing(case: Case, tmp_path: Path, kind: str) -> None:
    broken, found, column = HOSTILE[kind]
    work = tmp_path / "work"
    good, bad = sent(tmp_path, answered(case, "B"), "good"), sent(tmp_path, broken(answered(case, "A")), "bad")
    with pytest.raises(CaseError) as caught:
        collect(case, work, [good, bad])
    faults = caught.value.faults
    assert (faults["file"] == "bad.json").all() and (faults["column"] == column).any()
    assert faults["found"].str.contains(found, regex=False).any() or found in str(caught.value)
    assert not work.exists(), "nothing is written, not even what was good"
    result = CliRunner().invoke(cli.app, ["collect", "starter", str(bad), "--own", str(work)])
    assert isinstance(result.exception, CaseError) or result.exit_code == 2


def test_all_that_is_wrong_with_answers_is_told_at_once(case: Case, tmp_path: Path) -> None:
    bad = answered(case, "A", at="soon", weights=answered(case, "A")["weights"] | {"speed": 101})
    bad["scores"][0] |= {"likely": "5"}
    bad["scores"][1] |= {"low": 9.0, "likely": 4.0}
    bad["scores"][2] |= {"high": 9999.0}
    with pytest.raises(CaseError) as caught:
        collect(case, tmp_path / "work", [sent(tmp_path, bad)])
    assert sorted(caught.value.faults["column"]) == ["at", "high", "likely", "likely", "likely", "low"]


def test_script_in_answers_stays_text(case: Case, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    work = panel_of(case, tmp_path / "work", moved(case, f"Ann {evil}", "exchange", "quality", 1, round=1))
    shown = study(case, draws=100, panel=work).show("panel", "panel scores")
    assert evil not in shown._repr_html_() and "&lt;script&gt;" in shown._repr_html_()


def test_answers_are_kept_once_replaced_and_never_lost(case: Case, tmp_path: Path) -> None:
    work = tmp_path / "work"
    first = sent(tmp_path, answered(case, "Role A"), "first")
    assert collect(case, work, [first]) == [
        "first.json: Role A, 20 scores judged, 0 that cannot be, and weights.",
        f"Round 1 has the answers of Role A, in {panel_folder(work)}.",
    ]
    assert "already" in collect(case, work, [first])[0]
    rest = answered(case, "Role A")["scores"][1:]
    blank = {"option": "as_now", "criterion": "quality", "rationale": "No view.", "cannot": True}
    later = {"at": "2026-11-29T12:00:00.000Z", "weights": {}}
    second = sent(tmp_path, answered(case, "Role A", scores=[blank, *rest], **later), "second")
    assert "19 scores judged, 1 that cannot be. These take" in collect(case, work, [second])[0]
    (kept,) = (panel_folder(work) / "replaced").iterdir()
    assert kept.read_bytes() == first.read_bytes()
    assert "older than the answers of Role A" in collect(case, work, [first])[0], "whatever the order they come in"
    with pytest.raises(ExportError, match="is open"):
        judges_of(case, work)
    assert study(case, draws=100).panel is None
    record = close_panel(case, work)
    assert close_panel(case, work) == record, "a closing is written once"
    ((answers, view, own),) = judges_of(case, work)
    assert (answers.cannot, own) == ({("as_now", "quality"): "No view."}, None)
    assert view.scores.at[("as_now", "quality"), "likely"] == case.scores.at[("as_now", "quality"), "likely"]
    assert view.scores.at[("exchange", "cost"), "as_of"] == "2026-11-29"
    with pytest.raises(ExportError, match="come too late"):
        collect(case, work, [first])
    with pytest.raises(ExportError, match="were not asked for yet"):
        collect(case, work, [sent(tmp_path, answered(case, "Role A", round=99), "99")])
    blank = {"option": "exchange", "criterion": "cost", "rationale": "I know too little.", "cannot": True}
    (row,) = (row for row in moved(case, "Role A", "as_now", "quality", 2)["scores"][:1])
    collect(case, work, [sent(tmp_path, answered(case, "Role A", round=2, scores=[row, blank]), "later")])
    assert [answers.round for answers, _, _ in judges_of(case, work)] == [1], "open answers do not count yet"
    close_panel(case, work)
    ((answers, view, own),) = judges_of(case, work)
    assert answers.round == 2 and [*answers.cannot] == [("exchange", "cost")] and own is not None
    assert view.scores.at[("as_now", "quality"), "likely"] == 2 and len(answers.scores) == 19
    again = answered_again(closed_answers(case, work))
    assert again.index.tolist() == [(2, "Role A", "as_now", "quality"), (2, "Role A", "exchange", "cost")]
    assert again["moved"].all() and again.iloc[0, 1] == 2 and again["after"].isna().tolist() == [False, True]
    (first_round,) = (panel_folder(work) / "round_1").iterdir()
    first_round.write_text(first_round.read_text("utf-8").replace("So it is.", "So it was."), "utf-8")
    with pytest.raises(ExportError, match="not as it was when the panel was closed"):
        judges_of(case, work)
    for named in ('{"../x.json": "0"}', '["round_1/a.json"]', '""', "{}"):
        (panel_folder(work) / "closed_1.json").write_text(f'{{"at": "now", "answers": {named}}}', "utf-8")
        with pytest.raises(ExportError, match="cannot be read as the record"):
            judges_of(case, work)


def test_odd_files_and_lists_written_by_hand_lose_nobody(case: Case, tmp_path: Path) -> None:
    work = tmp_path / "work"
    note_asked(work, 1, ["anna"])
    list_of = panel_folder(work) / "asked_1.txt"
    list_of.write_text("\ufeffanna \n\nAnna\n", "utf-8")  # as an editor may save it
    told = collect(case, work, [sent(tmp_path, answered(case, name), name + "_file") for name in ("anna", "Anna")])
    assert told[-1].startswith("Round 1 has the answers of") and "not in yet" not in told[-1]
    there = sorted((panel_folder(work) / "round_1").iterdir())
    assert len({path.name.lower() for path in there}) == 2, "two names that differ by case alone are two files"
    (there[0].parent / "answers B (1).json").write_bytes(there[0].read_bytes())
    (there[0].parent / ".a-12345678.json").write_text("half of", "utf-8")
    assert len(close_panel(case, work)["answers"]) == len(judges_of(case, work)) == 2
    list_of.write_bytes(b"\xff")
    (panel_folder(work) / "asked_2.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ExportError, match="save it as UTF-8 text"):
        collect(case, work, [sent(tmp_path, answered(case, "anna", round=2))])


def test_a_score_rests_once_all_who_judged_it_were_asked_and_nobody_moved(case: Case, tmp_path: Path) -> None:
    work, cell = tmp_path / "work", {"option": "exchange", "criterion": "quality"}
    views = [moved(case, "A", *cell.values(), 6), moved(case, "B", *cell.values(), 0)]
    panel_of(case, work, *views)

    def asked_again() -> bool:
        return bool(write_questions(case, tmp_path / "q", [], panel=work, again=True))

    def answer(number: int, *views: dict[str, Any]) -> None:
        for view in views:
            row = next(row for row in view["scores"] if row["option"] == "exchange" and row["criterion"] == "quality")
            collect(case, work, [sent(tmp_path, view | {"scores": [row], "weights": {}, "round": number})])
        close_panel(case, work)

    assert asked_again()
    answer(2, views[0])
    assert asked_again(), "B was not heard"
    answer(3, *views)
    assert not asked_again()
    note_asked(work, 4, ["A", "B"])
    collect(case, work, [sent(tmp_path, answered(case, "A", round=4, scores=[]))])
    close_panel(case, work)
    assert not asked_again(), "a round about weights alone wakes no score"


def test_what_the_analyst_sets_changes_no_question(case: Case) -> None:
    other = replace(case, scores=case.scores.assign(likely=case.scores["low"]))
    assert question_digest(other) == question_digest(case) and other.digest != case.digest
    levels = case.levels.assign(means=case.levels["means"].str.upper())
    assert question_digest(replace(case, levels=levels)) != question_digest(case)
    elsewhere = case.criteria.assign(parent=case.criteria["parent"].where(case.criteria.index != "speed", ""))
    assert question_digest(replace(case, criteria=elsewhere)) != question_digest(case), "points are among siblings"


def same_to_the_bit(one: Acceptability, other: Acceptability) -> None:
    for name in ("rank_acceptability", "interval", "central_weights"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_a_panel_of_one_mind_is_the_single_judge_to_the_bit(case: Case, tmp_path: Path) -> None:
    work = panel_of(case, tmp_path / "work", *(answered(case, f"Role {k}") for k in range(5)))
    (tmp_path / "three").mkdir()
    three = panel_of(case, tmp_path / "three" / "work", *(answered(case, f"Role {k}") for k in range(3)))
    for draws, folder in ((2_000, work), (20_000, work), (2_000, three)):
        panel = mixture_of(case, folder, case.profile("baseline"), draws=draws, seed=3)
        (_, view, own), *_ = judges_of(case, folder)
        same_to_the_bit(panel.acceptability, smaa(view, weight_range(own), draws=draws, seed=3))
    assert panel.between == pytest.approx(0, abs=1e-15) and panel.concordance == panel.agreement == 1
    assert panel.cells["apart"].eq(0).all() and not panel.cells["decides"].any()


def test_a_mixture_is_the_mean_of_its_views_and_its_doubt_that_within_and_between(case: Case, tmp_path: Path) -> None:
    every = [answered(case, "A"), moved(case, "B", "exchange", "quality", 0), moved(case, "C", "new_tools", "speed", 6)]
    panel = mixture_of(case, panel_of(case, tmp_path / "w", *every), case.profile("baseline"), draws=60_000, seed=1)
    first, whole = panel.acceptability.rank_acceptability[1], panel.leads.mean(axis=1)
    np.testing.assert_allclose(first, whole[first.index], atol=1e-12)
    within = (panel.leads * (1 - panel.leads)).to_numpy().sum(axis=0).mean()
    assert panel.between == pytest.approx(1 - within / (whole * (1 - whole)).sum())
    for judge, view, own in ((each.judge, view, own) for each, view, own in judges_of(case, tmp_path / "w")):
        alone = smaa(view, weight_range(own), draws=100_000, seed=9).rank_acceptability[1]
        assert (panel.leads[judge][alone.index] - alone).abs().max() < 0.02
    assert not panel.leads["A"].equals(panel.leads["B"])


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_doubt_between_judges_is_a_share(rows: list[list[float]]) -> None:
    leads = pd.DataFrame(rows, dtype=float).T
    sums = leads.sum()
    leads = (leads / sums.where(sums > 0, 1)).where(sums > 0, 1 / 3)
    assert -1e-9 <= between_judges(leads) <= 1 + 1e-9


def test_shrout_and_fleiss_1979_intraclass_correlation() -> None:
    rated = pd.DataFrame([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    assert intraclass(rated) == pytest.approx(0.29, abs=0.005)


def test_what_settling_a_cell_is_worth_is_what_ranking_says(case: Case, tmp_path: Path) -> None:
    every = [answered(case, "A"), answered(case, "B"), moved(case, "C", "exchange", "quality", 0)]
    work = panel_of(case, tmp_path / "w", *every)
    panel = mixture_of(case, work, case.profile("baseline"), draws=100, seed=0)
    row = panel.cells.loc[("exchange", "quality")]
    assert panel.cells.index[0] == ("exchange", "quality") and (panel.cells["apart"].iloc[1:] == 0).all()
    weights = case.profile("baseline").values
    assert row["moves"] == pytest.approx(weights["quality"] * case.values.at["exchange", "quality"])
    views = [(case.values * weights).sum(axis=1)[list(case.competing)] for _ in every]
    views[2]["exchange"] -= row["moves"]
    gains = []
    for mine in views:
        for other in views:
            persuaded = mine.copy()
            persuaded["exchange"] = other["exchange"]
            gains.append(persuaded.max() - persuaded[mine.idxmax()])
    assert row["worth"] == pytest.approx(sum(gains) / 6) and row["decides"] == (max(gains) > 1e-9)


def test_futures_information_and_all_doubt_go_by_the_mixture() -> None:
    case = load_case("aukus_plus_two")
    first, second = case.profile("baseline"), case.profile(case.given_profiles[1])
    views = {"A": (case, first), "B": (case, first), "C": (case, second)}
    one, other = (futures(case, each, draws=share, seed=0) for each, share in ((first, 2_000), (second, 1_000)))
    panel = Panel(case, (), views, pd.DataFrame(), "", "", draws=3_000, seed=0)
    pd.testing.assert_frame_equal(panel.in_futures, (2 * one.leads + other.leads) / 3, check_like=True)
    worth = [information_value(case, each).set_index(["option", "criterion"])["value"] for each in (first, second)]
    pd.testing.assert_series_equal(panel.information, (2 * worth[0] + worth[1]) / 3, check_like=True)
    scores = pd.DataFrame({name: rank(*view).ranked["score"] for name, view in views.items()})
    assert panel.settling == pytest.approx(scores.max().mean() - scores.mean(axis=1).max()) and panel.settling >= 0
    runs = [joint(case, each, draws=3_000, seed=0) for each in (first, second)]
    whole = (2 * runs[0].leads + runs[1].leads) / 3
    apart = (2 * ((runs[0].leads - whole) ** 2).sum() + ((runs[1].leads - whole) ** 2).sum()) / 3
    within = (2 * runs[0].uncertainty + runs[1].uncertainty) / 3
    assert panel.doubt["judges"] == pytest.approx(apart / (apart + within)) and panel.doubt.sum() == pytest.approx(1)
    alike = Panel(case, (), dict.fromkeys("AB", views["A"]), pd.DataFrame(), "", "", draws=3_000, seed=0)
    assert alike.doubt["judges"] == 0 and alike.settling == pytest.approx(0)


def test_two_camps_are_told_as_two_camps(case: Case, tmp_path: Path) -> None:
    every = [answered(case, "A"), answered(case, "B"), moved(case, "C", "exchange", "quality", 0)]
    work = panel_of(case, tmp_path / "w", *every)
    s = study(case, draws=500, panel=work)
    assert s.panel is not None and len(s.panel.camps) == 2
    title = exhibit(s, "panel").title
    assert title.startswith("Two of three judges put Exchange first, one ") and len(title) <= 75
    assert exhibit(s, "recommendation").subtitle.endswith(f" {title}."), "whoever reads the answer alone hears of it"
    assert exhibit(s, "conditions").of(str)[0] == f"{title}."
    assert "C says so." in " ".join(exhibit(s, "panel scores").notes)
    doubt = exhibit(s, "panel doubt")
    (chart,) = doubt.of(Chart)
    assert doubt.title.startswith(percent(s.panel.doubt["judges"]))
    assert chart.at[chart.labels.index("Which judge")] == s.panel.doubt["judges"] and sum(chart.at) == pytest.approx(1)
    futures, weights = (exhibit(s, f"panel {name}").of(Table)[0] for name in ("futures", "weights"))
    assert len(futures.rows) == len(s.futures.names) and [row[0] for row in weights.rows] == ["A", "B", "C"]
    assert exhibit(s, "panel rounds") is None, "there was one round"
    assert re.search(r"Closed on \d+ [A-Z][a-z]+ 20\d\d at \d\d:\d\d UTC\.$", exhibit(s, "panel").footnote)
    assert exhibit(study(case, draws=100), "panel") is None


def test_a_judge_called_as_the_row_of_all_keeps_a_row(case: Case, tmp_path: Path) -> None:
    option, leaf = case.scores.index[0]
    least, most = sorted(case.criteria.loc[leaf, ["worst", "best"]].astype(float))
    every = [moved(case, "Ann", option, leaf, least), moved(case, "All, by quantile", option, leaf, most)]
    shown = exhibit(study(case, draws=100, panel=panel_of(case, tmp_path / "work", *every)), "panel scores")
    (chart,) = shown.of(Chart)
    judged = dict(zip(chart.labels[:-1], chart.at[:-1], strict=True))
    assert judged == {"Ann": least, "All, by quantile": most}
    assert (chart.labels[-1], chart.at[-1]) == ("All, by quantile", (least + most) / 2)


def test_a_mixture_is_the_same_on_one_thread_and_many_and_whatever_judges_are_called(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = {name: (case, case.profile(name)) for name in case.profiles}
    turned = dict(zip(views, reversed(views.values()), strict=True))
    held, other = Counter(different(views).values()), Counter(different(turned).values())
    one, first = acceptability_of_mixture(case, held, draws=50_000, seed=2)
    again, second = acceptability_of_mixture(case, other, draws=50_000, seed=2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone, _ = acceptability_of_mixture(case, held, draws=50_000, seed=2)
    same_to_the_bit(one, alone)
    same_to_the_bit(one, again)
    assert all(each.equals(other) for each, other in zip(first, second, strict=True))


def test_a_file_made_with_a_panel_is_verified_with_it(case: Case, tmp_path: Path) -> None:
    work = panel_of(case, tmp_path / "w", answered(case, "A"), moved(case, "B", "exchange", "quality", 0))
    made = study(case, draws=200, panel=work).export(tmp_path / "page.docx")
    plain = study(case, draws=200).export(tmp_path / "plain.docx")
    assert verify(made, case, panel=work).same and verify(plain, case, panel=work).same
    assert verify(made, case).differences["where"].tolist() == ["panel"]
    (place,) = (panel_folder(work) / "round_1").glob("a_*.json")
    place.write_text(place.read_text("utf-8").replace("So it is.", "So it was."), "utf-8")
    assert verify(made, case, panel=work).differences["where"].tolist() == ["panel"], "answers changed after closing"


def test_the_command_line_asks_collects_and_reveals(tmp_path: Path) -> None:
    run, case, work = CliRunner(), load_case("starter"), str(tmp_path / "work")
    pages = run.invoke(
        cli.app,
        ["ask", "starter", "--judge", "A", "--judge", "B", "--weights", "--out", str(tmp_path / "q"), "--own", work],
    )
    assert pages.exit_code == 0 and (tmp_path / "q" / "questions_A.html").is_file()
    page = (tmp_path / "q" / "questions_A.html").read_text("utf-8")
    assert "Two of the last ten papers were corrected." not in page, "no judge sees what the authors judged, or why"
    files = [
        str(sent(tmp_path, moved(case, judge, "exchange", "quality", score), judge))
        for judge, score in (("A", 6), ("B", 0))
    ]
    early = run.invoke(cli.app, ["collect", "starter", files[0], "--own", work, "--reveal"])
    assert "answers of B would be refused" in str(early.exception), "nobody is shut out by haste"
    stranger = str(sent(tmp_path, answered(case, "C"), "C"))
    assert "'C' was not asked" in str(run.invoke(cli.app, ["collect", "starter", stranger, "--own", work]).exception)
    quiet = run.invoke(cli.app, ["collect", "starter", *files, "--own", work])
    assert quiet.exit_code == 0 and "first" not in quiet.output, "no total before the panel is closed"
    (tmp_path / "work" / "weights.json").write_text("{", "utf-8")
    unusable = run.invoke(cli.app, ["collect", "starter", "--own", work, "--reveal"])
    assert "cannot be read" in str(unusable.exception) and not closed_rounds(tmp_path / "work")
    save_weights(case, tmp_path / "work", case.profile("baseline").points.to_dict() | {"quality": 1.0}, "baseline")
    told = run.invoke(cli.app, ["collect", "starter", "--own", work, "--reveal"])
    assert told.exit_code == 0 and "Closed at" in told.output and "To discuss first: Exchange on Quality" in told.output
    title = next(line for line in told.output.splitlines() if "judges put" in line)
    brief = ["brief", "starter", "--own", work, "--slides", "ranking", "--out", str(tmp_path / "out")]
    assert run.invoke(cli.app, brief).output.count(f"{title}.") == 2, "in the answer, and in what could change it"
    later = run.invoke(cli.app, ["collect", "starter", "--own", work, "--reveal"])
    assert "Round 1 is closed, and nobody was asked again." in later.output and "Round 2" not in later.output
    late = run.invoke(cli.app, ["collect", "starter", files[0], "--own", work])
    assert "come too late. Round 1 is closed, and nobody was asked" in str(late.exception)
    again = run.invoke(
        cli.app, ["ask", "starter", "--judge", "A", "--again", "--own", work, "--out", str(tmp_path / "q2")]
    )
    assert again.exit_code == 0
    second = (tmp_path / "q2" / "questions_A_round_2.html").read_text("utf-8")
    assert '"round": 2' in second and "B says so." in second and '"judge": "B"' not in second
    assert second.count('"reasons"') == 1, "only what could change who leads is asked again"
    for judge, score in (("A", 6), ("B", 0)):
        every = moved(case, judge, "exchange", "quality", score)["scores"]
        row = next(row for row in every if row["option"] == "exchange")
        path = sent(tmp_path, answered(case, judge, scores=[row], weights={}, round=2), f"late_{judge}")
        note_asked(tmp_path / "work", 2, [judge])
        late = run.invoke(cli.app, ["collect", "starter", str(path), "--own", work])
        assert late.exit_code == 0 and "Round 2 has the answers of A" in late.output
    run.invoke(cli.app, ["collect", "starter", "--own", work, "--reveal"])
    rested = run.invoke(cli.app, ["ask", "starter", "--again", "--own", work, "--out", str(tmp_path / "q3")])
    assert "No questions were written" in rested.output, "both were asked again and nobody moved"


def test_a_file_of_answers_that_is_not_there_is_to_be_looked_for(case: Case, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"none\.json: found a file that cannot be read .* Check that it is there"):
        collect(case, tmp_path, [tmp_path / "none.json"])
