# SPDX-License-Identifier: Apache-2.0
"""The workbook: Excel's own arithmetic gives Python's ranking, before and after a change, and text stays text."""

from __future__ import annotations

import subprocess
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from thin_cases import FUTURES, NOT_RANGED, RANGED, crowded, small, thin

from aukus_mcda import Case, load_case, rank, study
from aukus_mcda.analysis import Study
from aukus_mcda.export.sheets import TABS, Book, put, text_for
from aukus_mcda.export.workbook import ELSEWHERE, TAKEN, export_workbook
from aukus_mcda.layout import measuring
from aukus_mcda.story import EXHIBITS, Table, exhibit
from aukus_mcda.text import points
from aukus_mcda.weights.swing_weights import Weights

DASH = "\N{EN DASH}"


def bent() -> Case:
    """Less is better on one bent scale; two options tie; one fails a screen; a name hides a formula."""
    return Case.from_frames(
        criteria=pd.DataFrame(
            {
                "id": ["top", "risk", "gain"], "parent": ["", "top", "top"], "direction": ["", "min", "max"],
                "worst": [None, 10, 0], "best": [None, 0, 8], "shape": ["", "2:90;6:30", ""],
            }
        ),
        scores=pd.DataFrame(
            {
                "option": np.repeat(["=b", "a", "c", "d"], 2), "criterion": ["risk", "gain"] * 4,
                "likely": [1, 5, 1, 5, 8, 2, 3, 8],
            }
        ),
        options=pd.DataFrame({"id": ["=b", "a", "c", "d"]}),
        screens=pd.DataFrame(
            {
                "option": ["=b", "a", "c", "d"], "screen": "law", "passes": ["yes", "yes", "yes", "no"],
                "reason": "Forbidden.",
            }
        ),
        weights=pd.DataFrame({"profile": "p", "criterion": ["top", "risk", "gain"], "likely": [100, 100, 40]}),
    )  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What a reader fills in, as it is shown: whose weights, own points, likely scores, who is ranked."""

    choice: Any = ""
    points: tuple[tuple[str, Any], ...] = ()
    scores: tuple[tuple[tuple[str, str], Any], ...] = ()
    ranked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Written:
    """A workbook, what LibreOffice makes of it, and what Python ranks by."""

    study: Study
    path: Path
    calculated: Any
    case: Case
    weights: Weights


LIVE = ("start", "weights", "scores", "ranking", "values", "contributions")


def inputs_of(book: Any) -> dict[Any, Any]:
    """The cells that a reader may change: ``weights``, criteria, (option, criterion), and options by name."""
    (choice,) = book.defined_names["weights_chosen"].destinations
    cells: dict[Any, Any] = {"weights": book[choice[0]][choice[1]]}
    for sheet in ("weights", "scores", "ranking"):
        for row in book[sheet].iter_rows():
            for cell in (each for each in row if not each.protection.locked):
                name = row[0].value if sheet != "scores" else (row[0].value, row[1].value)
                cells[sheet, name] = cell
    return cells


def edited(path: Path, to: Path, changes: dict[str, Change]) -> None:
    """Save without any formula's result, so that the program that opens it must calculate: as it is, and changed.

    One is whole; the others are without the sheets that only tell, on which LibreOffice would spend its time.
    """
    book = openpyxl.load_workbook(path)
    for name in set(book.sheetnames) - set(LIVE if path.stem != "shipped" else book.sheetnames):
        del book[name]
    book.save(to / path.name)
    for name in set(book.sheetnames) - set(LIVE):
        del book[name]
    cells = inputs_of(book)
    before = {key: cell.value for key, cell in cells.items()}
    for name, change in changes.items():
        new = {("weights", node): value for node, value in change.points}
        new |= {("scores", pair): value for pair, value in change.scores}
        new |= {("ranking", option): value for option, value in change.ranked}
        new |= {"weights": change.choice} if change.choice != "" else {}
        for key, cell in cells.items():
            cell.value = new.get(key, before[key])
        assert set(new) <= set(cells)
        book.save(to / f"{name}.xlsx")


def with_score(case: Case, option: str, leaf: str, likely: float) -> Case:
    scores = case.scores.copy()
    scores.loc[(option, leaf), ["low", "likely", "high"]] = [min(likely, scores.at[(option, leaf), "low"]), likely, 10]
    return replace(case, scores=scores)


def untested(case: Case, weights: Any = "baseline") -> Study:
    """A study without the tests of its ranking, which the formulas know nothing of."""
    made = Study(case=case, ranking=rank(case, weights), by_profile={}, fragility=None, draws=0, seed=0)
    vars(made).update(dict.fromkeys(("capitals", "futures", "joint", "packages", "vintages")), wins={})
    return made


RANDOM = np.random.default_rng(3)
MADE = ("shipped", "starter", "crowded", "small", "bent", "flat", "given", "one", "tie", "none")
PROFILES = ("baseline", "washington", "canberra", "london", "tokyo", "seoul")
UNKNOWN = {
    "text": Change(points=(("Burden", "many"),)),
    "negative": Change(points=(("Burden", -5.0),)),
    "no such weights": Change(choice="Atlantis"),
    "no weights": Change(choice=None),
    "no weights, points of one": Change(choice=None, points=(("Burden", 100.0),)),
    "blank score": Change(scores=((("As now", "Quality"), None),)),
    "text score": Change(scores=((("As now", "Quality"), "many"),)),
}


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, tested: Study, starter: Study, office_programs: None
) -> dict[str, Written]:
    """Workbooks of many kinds, each saved without results and calculated by LibreOffice, in one go."""
    folder = tmp_path_factory.mktemp("workbooks")
    case, little, even = tested.case, untested(starter.case), load_case("frigates")
    base = little.ranking.weights
    names, little_names = case.criteria["name"], little.case.criteria["name"]
    plain = {
        "shipped": tested, "starter": little, "crowded": untested(crowded()), "small": study(small(), draws=1000),
        "bent": untested(bent(), "p"), "flat": untested(even, dict.fromkeys(even.leaves, 1.0)),
        "given": untested(little.case, replace(base, points=base.points[:0], method="ahp")),
        "one": untested(RANGED["one option"]), "tie": untested(NOT_RANGED["a tie"]),
        "none": untested(thin(out=("ash", "elm", "fir"))),
    }  # fmt: skip
    made = {name: (result, result.case, result.ranking.weights) for name, result in plain.items()}
    shipped = {name: Change(choice=name.capitalize()) for name in PROFILES}
    made |= {name: (tested, case, case.profile(name)) for name in PROFILES}
    points = {node: float(RANDOM.integers(1, 101)) for node in RANDOM.choice(case.criteria.index, 8, replace=False)}
    shipped["changed"] = Change(points=tuple((names[node], value) for node, value in points.items()))
    made["changed"] = tested, case, tested.ranking.weights.change(points)
    changed = dict(UNKNOWN)
    made |= dict.fromkeys(UNKNOWN, (little, little.case, base))
    for number in range(2):
        points = {node: float(RANDOM.integers(1, 101)) for node in RANDOM.choice(little_names.index, 3, replace=False)}
        changed[f"changed{number}"] = Change(points=tuple((little_names[node], each) for node, each in points.items()))
        made[f"changed{number}"] = little, little.case, base.change(points)
    changed["zero"] = Change(points=(("Ease for the staff", 0.0),))
    made["zero"] = little, little.case, base.change({"staff": 0.0})
    shipped["tokyo and own"] = Change("Tokyo", ((names["escalation"], 10.0),))
    made["tokyo and own"] = tested, case, case.profile("tokyo").change({"escalation": 10.0})
    changed["scored"] = Change(scores=((("As now", "Quality"), 9.5),))
    made["scored"] = little, with_score(little.case, "as_now", "quality", 9.5), base
    changed["without"] = Change(ranked=(("Exchange", "no"),))
    made["without"] = little, little.case, base
    own = Change(points=(("gain", 90.0),), scores=((("c", "risk"), 5.0),))
    result = plain["bent"]
    made["bent_changed"] = result, with_score(result.case, "c", "risk", 5), result.ranking.weights.change({"gain": 90})
    changes = {"shipped": shipped, "starter": changed, "bent": {"bent_changed": own}}
    (folder / "edited").mkdir()
    for name, result in plain.items():
        edited(export_workbook(result, folder / f"{name}.xlsx"), folder / "edited", changes.get(name, {}))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", folder / "out", *sorted((folder / "edited").iterdir())]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return {
        name: Written(result, folder / f"{name}.xlsx", calculated(folder / "out" / f"{name}.xlsx"), changed, weights)
        for name, (result, changed, weights) in made.items()
    }


def calculated(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl knows not all that LibreOffice writes
        return openpyxl.load_workbook(path, data_only=True)


@cache
def opened(path: Path, *, results: bool = False) -> Any:
    """A workbook to look at, not to change: its formulas, or the results that stand in it."""
    return openpyxl.load_workbook(path, data_only=results)


def below(sheet: Any, heading: str, column: int = 1) -> Iterator[tuple[Any, ...]]:
    """The rows beneath a heading, to the first without anything in the column."""
    rows = iter(sheet.iter_rows(values_only=True))
    next(row for row in rows if row[column - 1] == heading)
    for row in rows:
        if row[column - 1] is None:
            return
        yield row


def headline(book: Any) -> str:
    ((sheet, place),) = book.defined_names["headline"].destinations
    return str(book[sheet][place].value)


KINDS_OF_CHANGE = (
    *MADE,
    *PROFILES,
    "tokyo and own",
    "scored",
    "zero",
    "bent_changed",
    "changed",
    "changed0",
    "changed1",
)


@pytest.mark.parametrize("kind", KINDS_OF_CHANGE)
def test_the_formulas_give_the_scores_ranks_and_order_that_python_gives(kind: str, written: dict[str, Written]) -> None:
    made = written[kind]
    expected, short = rank(made.case, made.weights).table, made.case.options["short"]
    rows = list(below(made.calculated["ranking"], "Option"))
    for option, row in zip(made.study.ranking.table.index, rows, strict=False):
        screened = expected.at[option, "screened"]
        assert row[0] == text_for(short[option])
        assert row[2] == pytest.approx(expected.at[option, "score"], abs=1e-9), option
        assert row[3] == ("out" if screened else expected.at[option, "rank"]), option
    order = list(below(made.calculated["start"], "Rank"))
    assert [row[1] for row in order] == [text_for(short[option]) for option in expected.index]
    for row, (option, line) in zip(order, expected.iterrows(), strict=True):
        assert row[0] == ("out" if line["screened"] else line["rank"]), option
        assert (row[2] or None) == (None if line["screened"] else pytest.approx(line["score"], abs=1e-9)), option


@pytest.mark.parametrize("kind", ["shipped", "flat", "given", "crowded"])
def test_weights_that_are_no_profiles_stand_as_exported(kind: str, written: dict[str, Written]) -> None:
    chosen = inputs_of(opened(written[kind].path))["weights"].value
    assert chosen == ("Baseline" if kind in ("shipped", "crowded", "given") else "As exported")


def test_the_headline_names_the_leader_its_lead_and_what_was_exported(written: dict[str, Written]) -> None:
    said = {kind: headline(each.calculated) for kind, each in written.items()}

    def leading(kind: str, scores: pd.Series) -> tuple[str, str, float, str]:
        first, second = written[kind].case.options["short"][scores.index[:2]]
        one, other = scores.round(1).iloc[:2]
        lead = scores.iloc[0] - scores.iloc[1]
        return first, second, lead, " (unrounded)" * (f"{one - other:.1f}" != f"{lead:.1f}")

    for kind in ("shipped", "baseline", "starter"):
        first, second, lead, unlike = leading(kind, written[kind].study.ranking.table["score"])
        assert said[kind] == f"{first} leads by {lead:.1f} points{unlike}, ahead of {second}, as exported."
        assert unlike, "the scores stand beside it, and are a tenth more or less apart when they are rounded"
    for kind in (*PROFILES[1:], "changed", "changed0", "scored"):
        was, _, led, _ = leading(kind, written[kind].study.ranking.table["score"])
        first, second, lead, unlike = leading(kind, rank(written[kind].case, written[kind].weights).table["score"])
        now = f"{first} leads by {points(lead)}{unlike}, ahead of {second}"
        assert said[kind].startswith(f"{now}; as exported, {was} led by {led:.1f}")
    first, second, _, _ = leading("without", written["without"].study.ranking.table["score"])
    assert said["without"].startswith(second) and f"as exported, {first}" in said["without"]
    assert said["tie"] == "2 options share first place, Plan ash among them, as exported."
    assert said["one"] == "Plan ash is the only option ranked, as exported."
    assert said["none"] == "No option is ranked, as exported."
    for book in (written["tokyo"].calculated, written["shipped"].calculated):
        for sheet in ("weights", "scores", "ranking"):
            assert headline(book) in [row[0] for row in book[sheet].iter_rows(max_row=6, values_only=True)]
    assert len({rank(written[kind].case, written[kind].weights).table.index[0] for kind in PROFILES}) > 1


def test_own_points_are_counted_on_the_start(written: dict[str, Written]) -> None:
    texts = {kind: [cell for row in written[kind].calculated["start"].iter_rows(values_only=True) for cell in row]
             for kind in ("tokyo", "tokyo and own", "changed")}  # fmt: skip
    assert "No points of your own are filled in on the sheet weights." in texts["tokyo"]
    assert "Your own points, on the sheet weights, replace 1 of these." in texts["tokyo and own"]
    assert "Your own points, on the sheet weights, replace 8 of these." in texts["changed"]


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_missing_or_no_number_leaves_a_dash_and_no_ranking(kind: str, written: dict[str, Written]) -> None:
    book = written[kind].calculated
    assert headline(book).startswith("No ranking")
    rows = list(below(book["start"], "Rank"))
    assert len(rows) == len(written[kind].case.options)
    assert {row[0] for row in rows} == {DASH, "out"}
    scores = {row[1]: row[2] for row in rows if row[0] == DASH}
    wrong = {"As now"} if "score" in kind else set(scores)
    assert {option for option, score in scores.items() if score == DASH} == wrong
    cells = [cell for sheet in LIVE for row in book[sheet].iter_rows(values_only=True) for cell in row]
    assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith("#")]


@pytest.mark.parametrize("kind", MADE)
def test_every_formula_carries_the_result_it_calculates_to(kind: str, written: dict[str, Written]) -> None:
    path = written[kind].path
    formulas, results = opened(path), opened(path, results=True)
    count = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            ours = results[sheet.title][cell.coordinate].value
            theirs = written[kind].calculated[sheet.title][cell.coordinate].value
            if isinstance(ours, int | float):
                assert theirs == pytest.approx(ours, abs=1e-9), (sheet.title, cell.coordinate, cell.value)
            else:
                assert (theirs or "") == (ours or ""), (sheet.title, cell.coordinate, cell.value)
            count += 1
    assert count > 15


NEW = {"IFS(", "XLOOKUP", "FILTER(", "SORT(", "LET(", "TEXTJOIN", "CONCAT(", "SWITCH(", "MAXIFS", "MINIFS", "UNIQUE("}


def test_formulas_use_only_what_excel_2016_has(written: dict[str, Written]) -> None:
    for sheet in opened(written["shipped"].path):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            text = cell.value.replace("COUNTIFS(", "")
            assert not [name for name in NEW if name in text], cell.value
            assert len(cell.value) < 8192 and "_xl" not in cell.value


@pytest.fixture(scope="module")
def shipped(tested: Study, written: dict[str, Written]) -> tuple[Study, Path]:
    return tested, written["shipped"].path


def test_the_cells_to_change_are_unlocked_and_marked_and_all_else_is_protected(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book, case = opened(path), result.case
    cells = inputs_of(book)
    expected = {"weights", *(("weights", name) for name in case.criteria["name"])}
    expected |= {("ranking", name) for name in case.options["short"]}
    pairs = [(option, leaf) for option in case.options["short"] for leaf in case.criteria["name"][list(case.leaves)]]
    assert set(cells) == expected | {("scores", pair) for pair in pairs}
    for sheet in book:
        assert sheet.protection.sheet and not sheet.protection.password, sheet.title
        free = {cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert free == {cell for cell in cells.values() if cell.parent is sheet}
        marked = {cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00FFF3C4"}
        assert marked == free, sheet.title
        checked = {str(each) for check in sheet.data_validations.dataValidation for each in check.cells.ranges}
        assert len(free) == 0 or checked
        assert all(check.showErrorMessage for check in sheet.data_validations.dataValidation)
    ((sheet, place),) = book.defined_names["profile_names"].destinations
    assert [cell.value for cell in book[sheet][place][0]] == [name.capitalize() for name in case.profiles]
    assert [check.formula1 for check in book["start"].data_validations.dataValidation] == ["profile_names"]
    bars = book["start"]._charts[0]
    assert bars.series[0].val.numRef.f == "'start'!$C$8:$C$18" and bars.series[0].cat.numRef.f == "'start'!$B$8:$B$18"
    for name, column in (("weights", "G"), ("ranking", "C")):
        kinds = {rule.type: str(area.sqref) for area in book[name].conditional_formatting for rule in area.rules}
        assert kinds["dataBar"].startswith(column)


def test_sheets_are_marked_coloured_frozen_sized_and_set_up_to_print(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = opened(path)
    assert tuple(book.sheetnames[:6]) == LIVE and book.sheetnames[-3:] == ["inputs", "register", "sources"]
    for sheet in book:
        assert len(sheet.title) <= 31 and sheet["A1"].value == result.case.about.marking
        assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == result.case.about.marking
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1
        assert sheet.column_dimensions["A"].width > 5
        assert sheet.sheet_properties.tabColor.rgb[2:] in {colour[1:] for colour in TABS.values()}
        heads = {row[0].row for row in sheet.iter_rows(max_col=1) if row[0].fill.fgColor.rgb == "00E8ECF2"}
        several = len(heads) != 1
        assert sheet.freeze_panes == f"B{2 if several else max(heads) + 1}", sheet.title
        assert bool(sheet.print_title_rows) != several, sheet.title
    assert "does not follow a change" in str(book["sureness"]["A4"].value)


def test_every_sheet_is_named_on_the_start_with_what_it_shows_and_a_link(shipped: tuple[Study, Path]) -> None:
    book = opened(shipped[1])
    links = {cell.value: cell for row in book["start"].iter_rows() for cell in row if cell.hyperlink}
    assert list(links) == book.sheetnames[1:]
    for name, cell in links.items():
        assert cell.hyperlink.location == f"'{name}'!A1"
        assert book["start"].cell(cell.row, 3).value == book[name]["A2"].value


def test_the_ranking_is_titled_by_short_names(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    title = opened(path)["ranking"]["A2"].value
    long, short_name = result.case.options.loc[list(result.ranking.leaders), ["name", "short"]].iloc[0]
    assert title.startswith(f"As exported: {short_name} leads by ") and long not in title


def test_every_row_is_as_tall_as_its_text(shipped: tuple[Study, Path]) -> None:
    for sheet in opened(shipped[1]):
        merged = {cell for block in sheet.merged_cells.ranges for row in block.rows for cell in row}
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "s"):
            if (cell.row, cell.column) not in merged and not cell.hyperlink:
                room = sheet.column_dimensions[cell.column_letter].width * 5.25 - 8
                tall = 10 * 1.2 * measuring.lines(cell.value, room, 10)
                height = sheet.row_dimensions[cell.row].height or 15
                assert height >= tall or tall > 400, (sheet.title, cell.coordinate)


def test_named_ranges_cover_what_they_say(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = opened(path, results=True)

    def numbers(name: str) -> list[float]:
        ((sheet, place),) = book.defined_names[name].destinations
        return [cell.value for row in book[sheet][place] for cell in row]

    assert numbers("leaf_weights") == pytest.approx(result.ranking.weights.values[list(result.case.leaves)].tolist())
    assert numbers("swing_points") == result.ranking.weights.points.tolist()
    assert numbers("scores_now") == pytest.approx(result.ranking.table["score"].tolist())
    assert numbers("option_values") == pytest.approx(result.case.values.to_numpy().ravel().tolist())


def test_everything_that_was_put_in_is_there(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = opened(path, results=True)
    texts = {
        cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
    }
    case = result.case
    for frame, column in (
        (case.options, "description"), (case.criteria, "worst_means"), (case.scores, "rationale"),
        (case.screens, "reason"), (case.assumptions, "statement"), (case.evidence, "claim"), (case.points, "rationale"),
        (case.scenarios, "rationale"), (case.redlines, "reason"), (case.synergies, "rationale"),
        (case.sources[case.sources.index.isin(case.evidence["source"])], "title"),
    ):  # fmt: skip
        assert {text for text in frame[column] if text} <= texts, column
    assert case.digest in texts


def read(cells: Any) -> list[Any]:
    """Cells as they can be compared: what is blank as one thing, numbers to as many figures as a file holds."""
    return [
        None if pd.isna(cell) or cell == "" else round(cell, 9) if isinstance(cell, float) else cell for cell in cells
    ]


def test_each_exhibit_has_a_sheet_with_its_words_and_its_tables_as_numbers(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book, count = opened(path), 0
    for name in set(EXHIBITS) - set(ELSEWHERE):
        shown = exhibit(result, name)
        if shown is None or all(isinstance(block, str) for block in shown.flat):
            assert name not in book.sheetnames
            continue
        sheet = book[f"{name} as exported" if name in TAKEN else name]
        rows = [read(row) for row in sheet.iter_rows(values_only=True)]
        assert sheet["A2"].value == shown.title
        texts = {cell for row in rows for cell in row if isinstance(cell, str)}
        assert {shown.subtitle, shown.footnote, *shown.notes} - {""} <= texts, name
        for table in (block for block in shown.flat if isinstance(block, Table)):
            for cells in zip(*(column.cells for column in table.columns), strict=True):
                assert read(cells) in [row[: len(cells)] for row in rows], name
            count += 1
    assert count > 25


def test_numbers_are_written_in_one_style_and_heat_tables_are_filled(shipped: tuple[Study, Path]) -> None:
    book = opened(shipped[1])
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float)):
            assert cell.number_format != "General", (sheet.title, cell.coordinate)
            assert "%" not in cell.number_format or "0.0 %" in cell.number_format, (sheet.title, cell.coordinate)
    ranking = [row for row in book["ranking as exported"].iter_rows() if isinstance(row[1].value, float)]
    assert len({round(cell.value, 9) for cell in ranking[0][1:] if cell.value is not None}) == 4  # no score twice
    filled = [cell for row in book["capitals"].iter_rows() for cell in row if cell.fill.fgColor.rgb == "001F5A99"]
    assert (
        filled and {cell.value for cell in filled} == {1} and {cell.font.color.rgb for cell in filled} == {"00FFFFFF"}
    )


def test_what_is_the_same_in_every_row_is_told_once(shipped: tuple[Study, Path]) -> None:
    sheet = opened(shipped[1])["scores"]
    said = [row[0] for row in sheet.iter_rows(max_row=6, values_only=True)]
    assert any("The same in every row: Distribution: pert; Judged by: aukus-mcda authors" in str(each) for each in said)
    assert next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Option")[:5] == (
        "Option", "Criterion", "Low", "Likely", "High"
    )  # fmt: skip


CERTAIN = ("a tie", "one criterion", "profiles and a line", "no effort")


def test_no_text_becomes_a_formula_and_nothing_links_elsewhere(written: dict[str, Written]) -> None:
    path = written["crowded"].path
    book = opened(path)
    hostile = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=1+1")
    ]
    assert len(hostile) > 10
    for cell in hostile:
        assert cell.data_type == "s" and cell.quotePrefix, cell.coordinate
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "externalLink" in name or "vba" in name.lower()]
        assert not [name for name in file.namelist() if name.endswith(".rels") and b"External" in file.read(name)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "#N/A", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_written_as_text(text: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    put(book.active["A1"], text)
    book.save(tmp_path / "text.xlsx")
    with zipfile.ZipFile(tmp_path / "text.xlsx") as file:
        xml = file.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml and (b't="inlineStr"' in xml or b't="s"' in xml)
    cell = openpyxl.load_workbook(tmp_path / "text.xlsx").active["A1"]
    assert cell.value == text and bool(cell.quotePrefix) == (text[0] in "=+-@\t")


@pytest.mark.parametrize("make", [lambda: "x" * 50_000, lambda: "\N{ROCKET}" * 20_000, lambda: "a\x01b\x0bc"])
def test_text_is_cut_to_what_a_cell_holds(make: Callable[[], str]) -> None:
    cut = text_for(make())
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767
    assert not set(cut) & set("\x01\x0b")


def test_missing_is_blank_and_never_zero() -> None:
    page = Book("").page("one", "Title", "", (10, 10), next(iter(TABS)))
    page.write(2, 1, float("nan"), "number")
    page.write(2, 2, None, "share")
    assert page.sheet.cell(2, 1).value is None and page.sheet.cell(2, 2).value is None


def test_a_score_that_nobody_knows_is_marked_until_a_judgement_takes_its_place(tmp_path: Path) -> None:
    result = study(RANGED["a score nobody knows"], draws=100)
    sheet = openpyxl.load_workbook(export_workbook(result, tmp_path / "book.xlsx"))["scores"]
    rows = list(sheet.iter_rows())
    (heading,) = (cell for row in rows for cell in row if cell.value == "Likely")
    cells = [row[heading.column - 1] for row in rows if row[1].value == "Aim q"]
    assert [(cell.value, cell.number_format) for cell in cells] == [(5, '[=5]"? ("General")";General'), (6, "0")]
    assert any("?: nobody knows it" in str(row[0].value) for row in rows)


def test_sets_with_the_same_heading_go_by_their_ids(tmp_path: Path) -> None:
    given = load_case("starter")
    rows = given.points.loc[given.first_profile][["low", "likely", "high", "rationale"]].reset_index()
    own = pd.concat([rows.assign(profile=name) for name in ("navy_view", "navy view")])
    own.to_csv(tmp_path / "weights.csv", index=False)
    case = load_case("starter", own=tmp_path)
    book = openpyxl.load_workbook(export_workbook(untested(case, "navy_view"), tmp_path / "w.xlsx"))
    ((sheet, place),) = book.defined_names["profile_names"].destinations
    assert [cell.value for cell in book[sheet][place][0]][-2:] == ["navy_view", "navy view"]
    assert inputs_of(book)["weights"].value == "navy_view"


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    case = thin(profiles=("baseline", "mason"), spread=1, least=0.9, scenarios=FUTURES)
    path = export_workbook(study(case, draws=1000), tmp_path / "workbook.xlsx")
    again = export_workbook(study(replace(case), draws=1000), tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()
    other = export_workbook(study(case, draws=1000, seed=1), tmp_path / "other.xlsx")
    assert other.read_bytes() != path.read_bytes()


def test_a_case_without_ranges_capitals_futures_or_efforts_has_no_sheets_on_them(written: dict[str, Written]) -> None:
    names = set(opened(written["small"].path).sheetnames)
    assert names.isdisjoint({"capitals", "futures", "packages", "register", "sources", "to find out"})
    assert {*LIVE, "recommendation", "sureness", "inputs"} <= names
