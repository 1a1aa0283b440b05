# SPDX-License-Identifier: Apache-2.0
"""Scores and sets of weights that an analyst keeps beside a case are laid over it, and told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from typer.testing import CliRunner

from aukus_mcda import Case, CaseError, WeightsError, capitals, export_one_page, load_case, rank, study, verify
from aukus_mcda.case import folder_name, own_rows_in, with_own_scores, with_shape, work_folder
from aukus_mcda.case.tables import NEEDED, TABLES
from aukus_mcda.cli import app
from aukus_mcda.story import Table, own_changes_listed, whose

SCORE = {
    "option": "shared_desk", "criterion": "reach", "low": 1, "likely": 2, "high": 3, "rationale": "Seen since.",
    "judged_by": "analyst", "as_of": "2026-11-29",
}  # fmt: skip


def kept(folder: Path, **tables: pd.DataFrame) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def own_set(name: str = "tough") -> pd.DataFrame:
    points = load_case("starter").points.loc["baseline"].reset_index().drop(columns="evidence")
    return points.assign(profile=name, likely=100, low="", high="")


def a_score(**cells: object) -> pd.DataFrame:
    case = load_case("starter")
    return pd.DataFrame([SCORE | {"option": case.options.index[1], "criterion": case.leaves[0]} | cells])


def test_a_score_of_ones_own_is_a_later_judgement(tmp_path: Path) -> None:
    case = load_case("starter")
    place = (case.options.index[1], case.leaves[0])
    own = load_case("starter", own=kept(tmp_path, scores=a_score()))
    assert own.own_scores == (place,) and case.own_scores == ()
    assert own.scores.loc[place, ["low", "likely", "high"]].tolist() == [1, 2, 3]
    assert own.scores.drop(index=place).equals(case.scores.drop(index=place))
    assert len(own.history) == len(case.history) + 1 and own.digest != case.digest
    assert own.last_judged == "2026-11-29"
    changed = study(own, draws=1000)
    assert "One score changed by the analyst." in whose(changed)
    shown = changed.show("own scores").exhibit
    assert shown.title == "One score is the analyst's own" and shown.of(Table)[0].rows == [
        (case.options.at[place[0], "short"], case.criteria.at[place[1], "name"],
         f"{case.scores.at[place, 'likely']:g}", "2", "Seen since.", "analyst")
    ]  # fmt: skip
    assert "changed by the analyst" not in whose(study(case, draws=1000))


def test_findings_provenance_and_verify_tell_of_a_score_of_ones_own(tmp_path: Path) -> None:
    case, own = load_case("starter"), load_case("starter", own=kept(tmp_path, scores=a_score()))
    made = study(own, draws=1000)
    option, criterion = case.options.index[1], case.leaves[0]
    (finding,) = made.findings[made.findings["code"] == "own-scores"].to_dict("records")
    assert finding["place"] == f"{option} on {criterion}" and finding["finding"] == "One score changed by the analyst."
    before = case.performance.at[option, criterion]
    place = f"{case.options.at[option, 'short']} on {case.criteria.at[criterion, 'name']}"
    assert made.provenance["changed by the analyst"] == (
        f"{place}: 2, before {before:g} (analyst, 2026-11-29: Seen since.)"
    )
    plain = study(case, draws=1000)
    assert "own-scores" not in set(plain.findings["code"]) and "changed by the analyst" not in plain.provenance
    page = export_one_page(made, tmp_path / "page.docx")
    assert verify(page, own).same
    differences = verify(page, case).differences.set_index("where")
    assert differences.loc[f"scores: {option} on {criterion}", "was"] == "low 1, likely 2, high 3"
    asked = ["verify", str(page), "--case", "starter"]
    ran = [CliRunner().invoke(app, [*asked, *own_too]) for own_too in ([], ["--own", str(tmp_path)])]
    assert [each.exit_code for each in ran] == [1, 0] and f"{option} on {criterion}" in ran[0].output
    assert "One score changed by the analyst. Name their folder with --own." in " ".join(ran[0].output.split())


def test_a_score_of_the_cases_own_day_stands_above_the_cases_and_later_ones_of_the_case_stay_out(
    tmp_path: Path,
) -> None:
    scores = pd.DataFrame({"option": ["a", "b", "b"], "criterion": "reach", "likely": [3, 4, 9]})
    scores["as_of"] = ["2026-01-01", "2026-01-01", "2026-06-01"]
    criteria = pd.DataFrame({"id": ["reach"], "direction": "max", "worst": 0, "best": 10})
    case = Case.from_frames(criteria=criteria, scores=scores, about={"as_of": "2026-01-01"})
    row = SCORE | {"option": "a", "criterion": "reach", "low": "", "high": ""}
    for day in ("2026-01-01", "2026-07-01"):
        own = with_own_scores(case, pd.DataFrame([row | {"as_of": day}]).astype(str), tmp_path / "scores.csv")
        assert own.own_scores == (("a", "reach"),) and own.scores["likely"].to_dict() == {
            ("a", "reach"): 2, ("b", "reach"): 4,
        }  # fmt: skip
        assert 3 in own.history["likely"].to_list() and "2, before 3" in own_changes_listed(own)
        assert load_case(own.save(tmp_path / day)).digest == own.digest
        again = with_own_scores(own, pd.DataFrame([row]).iloc[:0], tmp_path / "scores.csv")
        assert again.own_scores == () and again.scores["likely"].to_list() == [3, 4]


def test_a_bend_of_ones_own_stands_for_the_cases_unless_it_was_found_between_other_anchors(tmp_path: Path) -> None:
    case = load_case("starter")
    leaf, (worst, best) = case.leaves[0], case.criteria.loc[case.leaves[0], ["worst", "best"]]
    half = worst + (best - worst) / 4
    row = {"criterion": leaf, "shape": f"{half:g}:50", "reason": "So.", "judged_by": "Ann", "as_of": "2026-11-29"}
    own = load_case("starter", own=kept(tmp_path, shapes=pd.DataFrame([row])))
    assert own.own_shapes == (leaf,) and own.value_function(leaf).bends == ((half, 50),)
    assert own.anchors_digest == case.anchors_digest and own.digest != case.digest
    assert "One scale changed by the analyst." in whose(study(own, draws=1000))
    kept(tmp_path, shapes=pd.DataFrame([row | {"anchors": "00000000"}]))
    aside = load_case("starter", own=tmp_path)
    assert aside.own_shapes == () and aside.findings.set_index("code").at["set-aside", "place"] == leaf
    assert with_own_scores(aside, a_score().iloc[:0], tmp_path).findings.equals(aside.findings)
    assert "set-aside" not in set(with_shape(aside, leaf, "").findings["code"])
    kept(tmp_path, shapes=pd.DataFrame([row | {"criterion": "nothing"}, row | {"shape": "99999:50"}, row]))
    with pytest.raises(CaseError) as error:
        load_case("starter", own=tmp_path)
    assert [str(each) for each in error.value.faults["row"]] == ["2", "4", f"3 of {tmp_path / 'shapes.csv'}"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sea-lanes_2", "sea-lanes_2"), ("日本の重み", "日本の重み"), ("กรุงเทพ", "กรุงเทพ"), ("दिल्ली", "दिल्ली"),
        ("mine, copy", "mine_copy_a7c56203"), ("../a:b*", "_a_b__50d325a7"), ("a\u202eb\u3000c", "a_b_c_d0796be0"),
        ("nul", "nul_99e62427"), ("우" * 60, "우" * 20 + "_521ac6db"), ("x" * 70, "x" * 60 + "_c71bd109"),
    ],
)  # fmt: skip
def test_a_name_in_any_script_is_a_files_on_any_system_and_anothers_never(name: str, expected: str) -> None:
    assert folder_name(name) == expected and len(expected.encode()) <= 69


def test_an_earlier_day_asked_for_is_without_it(tmp_path: Path) -> None:
    own = load_case("starter", own=kept(tmp_path, scores=a_score()), as_of="2026-11-28")
    assert own.own_scores == ()


def test_a_set_of_ones_own_is_a_profile_and_no_test_of_the_verdict(tmp_path: Path) -> None:
    case, own = load_case("starter"), load_case("starter", own=kept(tmp_path, weights=own_set()))
    assert own.profiles == (*case.profiles, "tough") and own.own_profiles == ("tough",)
    assert rank(own, "tough").weights.name == "tough"
    assert whose(study(own, "tough", draws=100)).startswith("The analyst's own weights “Tough")
    before, after = (study(each, draws=1000).fragility for each in (case, own))
    assert before is not None and after is not None
    assert str(before.verdict) == str(after.verdict)


def test_without_a_folder_the_case_is_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_case("starter", own=True).digest == load_case("starter").digest
    kept(work_folder("my_case"), scores=a_score())
    assert load_case("starter", own=True).own_scores and not load_case("starter").own_scores


@pytest.mark.parametrize(
    ("cells", "found"),
    [({"option": "nobody"}, "'nobody'"), ({"high": 1e9}, "1000000000"), ({"as_of": "soon"}, "'soon'")],
)
def test_a_fault_names_the_row_and_the_file(cells: dict[str, object], found: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as error:
        load_case("starter", own=kept(tmp_path, scores=a_score(**cells)))
    (fault,) = error.value.faults.to_dict("records")
    assert fault["row"] == f"2 of {tmp_path / 'scores.csv'}" and found in fault["found"]


def test_a_set_named_as_one_of_the_cases_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="baseline"):
        load_case("starter", own=kept(tmp_path, weights=own_set("baseline")))


def test_a_set_saved_under_a_name_that_no_case_may_have_is_still_read(tmp_path: Path) -> None:
    names = ("worst", "navy view", "navy_view")
    own = load_case("starter", own=kept(tmp_path, weights=pd.concat(map(own_set, names))))
    assert own.own_profiles == with_own_scores(own, a_score().astype(str), tmp_path).own_profiles == names
    incomplete = pd.concat([own_set("navy view"), own_set("navy_view")[1:]])
    with pytest.raises(CaseError, match="in profile navy_view"):
        load_case("starter", own=kept(tmp_path, weights=incomplete))


def test_a_set_judged_for_other_anchors_is_left_out_and_told(tmp_path: Path) -> None:
    kept(tmp_path, weights=own_set())
    (tmp_path / "sets.json").write_text('{"sets": {"tough": {"anchors": "of another day"}}}', "utf-8")
    own = load_case("starter", own=tmp_path)
    assert own.own_profiles == () and "tough" not in own.profiles
    assert own.findings.set_index("code").at["set-aside", "place"] == "tough"
    with pytest.raises(WeightsError, match=r"called 'tough'\. This set .* judged between other anchors.* There are: b"):
        rank(own, "tough")
    (tmp_path / "sets.json").write_text(f'{{"sets": {{"tough": {{"anchors": "{own.anchors_digest}"}}}}}}', "utf-8")
    assert load_case("starter", own=tmp_path).own_profiles == ("tough",)
    other = '{"sets": {"tough": {"anchors": "of another day"}, "tough": {}}}'
    for notes, reason in (("[" * 100_000, "breaks off"), ('{"sets": []}', "another kind"), (other, "stands twice")):
        (tmp_path / "sets.json").write_text(notes, "utf-8")  # the set may be of other anchors
        with pytest.raises(CaseError, match=rf"1 fault in .*\n.*sets\.json: found notes .*{reason}"):
            load_case("starter", own=tmp_path)


def test_a_set_of_ones_own_is_no_capital(case: Case, tmp_path: Path) -> None:
    points = case.points.loc["baseline"].reset_index().drop(columns="evidence").assign(profile="tough")
    own = load_case("aukus_plus_two", own=kept(tmp_path, weights=points))
    assert capitals(own, draws=100).names == capitals(case, draws=100).names
    assert "tough" in capitals(own, profiles=["tough", "tokyo"], draws=100).names


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no such folder"):
        load_case("starter", own=tmp_path / "wrok")


def test_a_folder_above_the_cases_own_is_a_fault_that_says_what_should_be_there(tmp_path: Path) -> None:
    kept(tmp_path / "my_case", scores=a_score())
    with pytest.raises(CaseError, match=r"(?s)nothing that you set.*weights\.json.*work/my_case.*not the one above"):
        load_case("starter", own=tmp_path)


def test_a_case_without_the_columns_that_may_be_left_out_takes_scores_and_bends_of_ones_own(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "starter", tmp_path / "case")
    for path in (tmp_path / "case").rglob("*.csv"):
        rules, needed = TABLES[path.stem], NEEDED[path.stem]
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        idle = [column for column in table if column not in needed and not rules[column].holds("")]
        table.drop(columns=idle).to_csv(path, index=False)
    case = load_case(tmp_path / "case")
    assert (case.screens["reason"] == "").all() and (case.register["claim"] == "").all()
    assert with_own_scores(case, a_score().iloc[:0], tmp_path).digest == case.digest
    assert len(with_own_scores(case, a_score().astype(str), tmp_path).own_scores) == 1
    leaf = case.leaves[0]
    assert with_shape(case, leaf, case.criteria.at[leaf, "shape"]).digest == case.digest


@pytest.mark.parametrize("name", ["Scores.csv", "scores.csv.txt", "weights (1).csv", "shapes.txt"])
def test_a_file_that_is_nearly_called_as_one_of_the_analysts_own_is_a_fault(name: str, tmp_path: Path) -> None:
    kept(tmp_path, probes=pd.DataFrame(columns=list(TABLES["probes"])))
    (tmp_path / name).write_text("option\n", "utf-8")
    with pytest.raises(CaseError, match="a name no case has") as error:
        load_case("starter", own=tmp_path)
    assert error.value.faults["file"].to_list() == [str(tmp_path / name)]


def test_own_scores_need_a_day(tmp_path: Path) -> None:
    kept(tmp_path, scores=a_score().drop(columns="as_of"))
    with pytest.raises(CaseError, match="as_of"):
        load_case("starter", own=tmp_path)


@pytest.mark.parametrize("name", ["scores", "weights", "shapes"])
def test_a_file_with_other_columns_is_refused_before_anything_is_lost(name: str, tmp_path: Path) -> None:
    table = {"scores": a_score(), "weights": own_set(), "shapes": pd.DataFrame({"criterion": ["reach"], "shape": [""]})}
    headed = [*table[name].columns.str.replace("criterion", "Criterion"), "memo", "memo"]
    kept(
        tmp_path, **{name: pd.concat([table[name], pd.DataFrame(columns=["1", "2"])], axis=1).set_axis(headed, axis=1)}
    )
    for read in (lambda: own_rows_in(tmp_path, name), lambda: load_case("starter", own=tmp_path)):
        with pytest.raises(CaseError) as error:
            read()
        faults = error.value.faults
        assert set(faults["file"]) == {str(tmp_path / f"{name}.csv")} and set(faults["row"]) == {1}
        assert faults["column"].to_list() == ["memo", "Criterion", "memo"]
