"""The sheets that calculate: scores, weights, values, contributions and the ranking they give.

A formula does what the package does: `Case.values`, `Weights`, `rank`. Each sheet names the cells of those before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..case import Case
from ..errors import shown
from ..story import ILLUSTRATIVE, exhibit, rank_labels, what_was_drawn
from ..text import weights_named
from ..weights import TIE, Weights
from . import theme
from .sheets import ANY, AS_DRAWN, AS_SCORE, AS_SHARE, AS_WEIGHT, BOLD, HAIRLINE, QUIET, Book, BookPage, put

if TYPE_CHECKING:
    from ..analysis import Study

MOST_POINTS = 1_000_000


class Span(NamedTuple):
    """The first and last row of a table."""

    first: int
    last: int

    def column(self, letter: str) -> str:
        """The table's cells in a column."""
        return f"${letter}${self.first}:${letter}${self.last}"


def write_live_sheets(book: Book, study: Study) -> None:
    """The five sheets, in the order in which their formulas need each other."""
    scores = _scores(book, study)
    weights_page, weights_top, weights = _weights(book, study)
    weights_row, rows = _values(book, study, scores, weights)
    _contributions(book, study, weights_row, rows)
    ranked = _ranking(book, study, weights_row, rows)
    _order_beside_weights(weights_page, study, weights_top, ranked)


def _scores(book: Book, study: Study) -> dict[tuple[str, str], str]:
    """Every score in force, with its range, reasons and evidence; where the likely ones are, which can be changed."""
    case = study.case
    page = book.page(
        "scores",
        "The scores, as judged",
        f"{ILLUSTRATIVE} Change a yellow cell and the ranking follows. Of several judgements of one score, "
        "only the one in force on the case's date is shown.",
        (30, 30, 18, 8, 8, 8, 12, 60, 40, 22, 12),
    )
    header = ("Option", "Criterion", "Unit", "Low", "Likely", "High", "Spread", "Why", "Evidence", "Judged by", "As of")
    first = page.header(header, numbers=("Low", "Likely", "High"), freeze=True)
    scales = case.criteria.loc[list(case.leaves)]
    checks = {leaf: _between(page, *sorted((scale["worst"], scale["best"]))) for leaf, scale in scales.iterrows()}
    places: dict[tuple[str, str], str] = {}
    for option, leaf in ((option, leaf) for option in case.options.index for leaf in case.leaves):
        score = case.scores.loc[(option, leaf)]
        cells = (
            case.options.at[option, "short"],
            scales.at[leaf, "name"],
            scales.at[leaf, "unit"],
            score["low"],
            None,
            score["high"],
            score["distribution"] or "pert",
            score["rationale"],
            score["evidence"],
            score["judged_by"],
            score["as_of"],
        )
        for column, value in enumerate(cells, start=1):
            put(page.sheet.cell(page.row, column), value).border = HAIRLINE
        places[option, leaf] = page.editable(page.row, 5, score["likely"])
        checks[leaf].add(page.sheet.cell(page.row, 5))
        page.fit()
        page.row += 1
    page.sheet.auto_filter.ref = f"A{first - 1}:K{page.row - 1}"
    return places


def _between(page: BookPage, low: float, high: float) -> DataValidation:
    """What may be typed into a cell; Excel says so when it is something else."""
    check = DataValidation(type="decimal", operator="between", formula1=repr(float(low)), formula2=repr(float(high)))
    check.showErrorMessage = True
    check.allow_blank = False  # missing is never zero
    check.errorTitle, check.error = "Outside the scale", f"Give a number from {shown(low)} to {shown(high)}."
    page.sheet.add_data_validation(check)
    return check


def _weights(book: Book, study: Study) -> tuple[BookPage, int, dict[str, str]]:
    """Swing points by tree, to be changed; the page, its first row, and where each criterion's weight is.

    A weight is the product of shares down its branch.
    """
    case, used = study.case, study.ranking.weights
    points, parents = _points_of(used)
    page = book.page(
        "weights",
        f"The weights: {weights_named(used.name)}",
        "Change the points in yellow: 100 for the biggest step from worst to best among siblings, less for the rest. "
        "A weight is the share among siblings times the weight of the branch above. The order on the right follows. "
        "Acceptability and sensitivity do not: they were computed for the weights as exported.",
        (44, 9, 10, 13, 11, 13, 8, 8, 3, 8, 52, 14),
    )
    header = ("Criterion", "Branch", "Points", "Share of its branch", "Weight", "Weight as exported", "Low", "High")
    first = page.header(header, numbers=header[1:], freeze=True)
    page.sheet.freeze_panes = f"A{first}"
    depths = _depths(parents)
    branch = {parent: number for number, parent in enumerate(pd.unique(parents[list(depths)]))}
    sums = points.groupby(parents).apply(math.fsum)
    check = _between(page, 0, MOST_POINTS)
    span = Span(first, first + len(depths) - 1)
    weights = {"": 1.0}
    places: dict[str, str] = {}
    for row, (node, depth) in enumerate(depths.items(), start=first):
        parent = parents[node]
        name = put(page.sheet.cell(row, 1), case.criteria["name"].get(node, node), font=BOLD if depth == 0 else QUIET)
        name.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1 + 2 * depth)
        put(page.sheet.cell(row, 2), branch[parent])
        page.editable(row, 3, float(points[node]))
        check.add(page.sheet.cell(row, 3))
        share = float(points[node] / sums[parent])
        weights[node] = weights[parent] * share
        total = f"SUMIF({span.column('B')},B{row},{span.column('C')})"
        formula = f"IF(AND(ISNUMBER(C{row}),C{row}>=0),C{row}/{total},NA())"  # missing is never 0
        page.live(row, 4, formula, share, AS_SHARE)
        above = f"*{places[parent]}" if parent else ""
        places[node] = page.live(row, 5, f"D{row}{above}", weights[node], AS_WEIGHT)
        put(page.sheet.cell(row, 6), weights[node], AS_WEIGHT)
        for column, end in ((7, "low"), (8, "high")):
            put(page.sheet.cell(row, column), None if used.point_range is None else used.point_range[end].get(node))
    page.row = span.last + 2
    book.name("swing_points", "weights", span.column("C"))
    book.name("weights_down_the_tree", "weights", span.column("E"))
    if used.points.empty:
        page.across(f"These weights come from {used.method}: the points are their shares of 100.", QUIET)
    return page, first, places


def _points_of(used: Weights) -> tuple[pd.Series, pd.Series]:
    """Points and parents that give these weights; for weights not made from points, their shares of 100."""
    if not used.points.empty:
        return used.points, used.parents
    return 100 * used.values, pd.Series("", index=used.values.index)


def _depths(parents: pd.Series, parent: str = "", depth: int = 0) -> dict[str, int]:
    """The nodes of a tree from top to bottom, each with its depth."""
    depths: dict[str, int] = {}
    for node in parents.index[parents == parent]:
        depths |= {node: depth} | _depths(parents, node, depth + 1)
    return depths


def _values(
    book: Book, study: Study, scores: Mapping[tuple[str, str], str], weights: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """Values from the scores, on the declared anchors, bent where the scale is; the rows of weights and options.

    Beneath the options are the scales.
    """
    case, leaves = study.case, study.case.leaves
    page = book.page(
        "values",
        "What each score is worth, from 0 at the worst considered to 100 at the best",
        "Follows the scores. A score beyond its scale counts as the nearer end; a blank one leaves the ranking blank.",
        (36, *[12] * len(leaves)),
    )
    names = [str(case.criteria.at[leaf, "name"]) for leaf in leaves]
    weights_row = page.header(("Option", *names), numbers=names, freeze=True)
    rows = {option: weights_row + number for number, option in enumerate(case.options.index, start=1)}
    span = Span(weights_row + 1, weights_row + len(rows))
    put(page.sheet.cell(weights_row, 1), "Weight now", font=BOLD)
    for column, leaf in enumerate(leaves, start=2):
        page.live(weights_row, column, weights[leaf], float(study.ranking.weights.values[leaf]), AS_WEIGHT, font=BOLD)
    corners_row = span.last + 4
    counts = _corners(page, case, corners_row)
    values = case.values
    for option, row in rows.items():
        put(page.sheet.cell(row, 1), case.options.at[option, "short"])
        for column, leaf in enumerate(leaves, start=2):
            score, letter = scores[option, leaf], get_column_letter(column)
            starts = range(corners_row, corners_row + 2 * (counts[leaf] - 1), 2)
            pieces = "".join(_piece(score, letter, start) for start in starts)
            formula = f"IF(ISNUMBER({score}),{letter}${corners_row + 1}{pieces},NA())"
            page.live(row, column, formula, float(values.at[option, leaf]), AS_SCORE)
    end = get_column_letter(len(leaves) + 1)
    book.name("leaf_weights", "values", f"$B${weights_row}:${end}${weights_row}")
    book.name("option_values", "values", f"$B${span.first}:${end}${span.last}")
    return weights_row, rows


def _piece(score: str, letter: str, row: int) -> str:
    """What one stretch of a scale adds: none of its rise below it, all of it above."""
    low, worth, high, next_worth = (f"{letter}${each}" for each in range(row, row + 4))
    return f"+({next_worth}-{worth})*MEDIAN(0,1,({score}-{low})/({high}-{low}))"


def _corners(page: BookPage, case: Case, top: int) -> dict[str, int]:
    """The scales beneath the values: scores, increasing, and what each is worth; how many a leaf has."""
    put(page.sheet.cell(top - 1, 1), "The scales: straight lines between", font=BOLD)
    counts = {}
    for column, leaf in enumerate(case.leaves, start=2):
        corners = list(zip(*case.value_function(leaf).corners, strict=True))
        counts[leaf] = len(corners)
        for k, (score, value) in enumerate(corners):
            put(page.sheet.cell(top + 2 * k, column), float(score))
            put(page.sheet.cell(top + 2 * k + 1, column), float(value))
    for k in range(max(counts.values())):
        put(page.sheet.cell(top + 2 * k, 1), f"Point {k + 1}: score")
        put(page.sheet.cell(top + 2 * k + 1, 1), f"Point {k + 1}: worth")
    return counts


def _contributions(book: Book, study: Study, weights_row: int, rows: Mapping[str, int]) -> None:
    """Value times weight: what each leaf adds to each option's score."""
    case, leaves = study.case, study.case.leaves
    page = book.page(
        "contributions",
        reasons.subtitle if (reasons := exhibit(study, "reasons")) else "What each criterion adds to each score",
        "Value points: each value times its weight. A row adds up to the option's score. Follows weights and scores.",
        (34, 10, *[12] * len(leaves)),
    )
    names = ["Score", *(str(case.criteria.at[leaf, "name"]) for leaf in leaves)]
    first = page.header(("Option", *names), numbers=names, freeze=True)
    parts = study.ranking.contributions
    end = get_column_letter(len(leaves) + 2)
    for row, option in enumerate(parts.index, start=first):
        put(page.sheet.cell(row, 1), case.options.at[option, "short"])
        page.live(row, 2, f"SUM(C{row}:{end}{row})", math.fsum(parts.loc[option]), AS_SCORE, font=BOLD)
        for column, leaf in enumerate(leaves, start=3):
            in_values = f"values!${get_column_letter(column - 1)}$"
            formula = f"{in_values}{rows[option]}*{in_values}{weights_row}"
            page.live(row, column, formula, float(parts.at[option, leaf]), AS_SCORE)


def _ranking(book: Book, study: Study, weights_row: int, rows: Mapping[str, int]) -> Span:
    """The order now, by formulas; beside it the order as exported; to the right how it comes about."""
    case, ranking, acceptability = study.case, study.ranking, study.acceptability
    page = book.page(
        "ranking",
        f"As exported: {study.answer}",
        case.about.disclaimer or ILLUSTRATIVE,
        (8, 54, 16, 12, 12, 13, 14, 4, 54, 9, 10, 8, 8, 8, 9, 10, 11, 10),
        shown=7,
    )
    status = page.row
    page.row += 2
    now, then = ["Rank now", "Option", "Score now"], ["Rank as exported", "Score as exported", "5-95 % as exported"]
    numbers = {"Rank now", "Score now", "Score as exported", "Ranks first, as computed"}
    first = page.header([*now, *then, "Ranks first, as computed"], numbers=numbers, freeze=True)
    page.row -= 1
    now, then = ["Ranked", "Score", "Rank", "Place", "Tie order"], ["Was ranked", "Was scored", "5-95 %", "Ranks first"]
    numbers = {"Score", "Rank", "Place", "Tie order", "Was scored", "Ranks first"}
    page.header(["Workings", *now, *then], left=9, numbers=numbers)
    page.sheet.freeze_panes = f"A{first}"
    table = ranking.table.assign(label=rank_labels(ranking), interval=None, firsts=None)
    if acceptability is not None:
        ends = acceptability.interval
        labels = [f"{low:.0f}\N{EN DASH}{high:.0f}" for low, high in ends.to_numpy()]
        table["interval"] = pd.Series(labels, index=ends.index, dtype=object)
        table["firsts"] = acceptability.rank_acceptability[1]
    span = Span(first, first + len(table) - 1)
    tie_order = {option: number for number, option in enumerate(sorted(table.index), start=1)}
    end = get_column_letter(len(case.leaves) + 1)
    scored, ranked, included, tied = (span.column(letter) for letter in "KLJN")
    for row, (option, line) in enumerate(table.iterrows(), start=first):
        out, score = bool(line["screened"]), float(line["score"])
        put(page.sheet.cell(row, 9), line["name"])
        page.editable(row, 10, "no" if out else "yes")
        own_values, leaf_weights = (f"values!$B${each}:${end}${each}" for each in (rows[str(option)], weights_row))
        page.live(row, 11, f"SUMPRODUCT({own_values},{leaf_weights})", score, AS_SCORE)
        rank = f'1+SUMPRODUCT(({included}="yes")*({scored}>K{row}+{TIE:.9f}))'
        page.live(row, 12, f'IF(J{row}="yes",{rank},"")', "" if out else int(line["rank"]))
        place = f'1+SUMPRODUCT(({included}="yes")*(({ranked}<L{row})+({ranked}=L{row})*({tied}<N{row})))'
        better = f"({scored}>K{row})+({scored}=K{row})*({tied}<N{row})"
        beneath = f'COUNTIF({included},"yes")+1+SUMPRODUCT(({included}<>"yes")*({better}))'
        page.live(row, 13, f'IF(J{row}="yes",{place},{beneath})', row - first + 1)
        put(page.sheet.cell(row, 14), tie_order[option])
        put(page.sheet.cell(row, 15), line["label"])
        put(page.sheet.cell(row, 16), score, AS_SCORE)
        put(page.sheet.cell(row, 17), line["interval"])
        put(page.sheet.cell(row, 18), line["firsts"], AS_DRAWN)
        _sorted_row(page, row, span, line)
    page.row = span.last + 1
    _ranking_notes(page, study, status, span)
    book.name("scores_now", "ranking", span.column("K"))
    book.name("ranks_now", "ranking", span.column("L"))
    page.sheet.print_area = f"A1:G{page.row}"
    return span


def _sorted_row(page: BookPage, row: int, span: Span, line: pd.Series) -> None:
    """The option that stands at this place now, and what the file said of it as exported."""
    at = f"MATCH({row - span.first + 1},{span.column('M')},0)"

    def working(letter: str) -> str:
        return f"INDEX({span.column(letter)},{at})"

    rank: Any = "out" if line["screened"] else int(line["rank"])
    page.live(row, 1, f'IF({working("J")}="yes",{working("L")},"out")', rank, font=BOLD)
    page.live(row, 2, working("I"), line["name"], font=BOLD if line["label"].rstrip("=") == "1" else QUIET)
    page.live(row, 3, working("K"), float(line["score"]), AS_SCORE, font=BOLD)
    for column, letter, number_format in ((4, "O", ANY), (5, "P", AS_SCORE), (6, "Q", ANY), (7, "R", AS_DRAWN)):
        now = page.sheet[f"{letter}{row}"].value
        formula = f'IF({working(letter)}="","",{working(letter)})'
        page.live(row, column, formula, "" if now is None else now, number_format)


def _ranking_notes(page: BookPage, study: Study, status: int, span: Span) -> None:
    now, then = span.column("K"), span.column("P")
    as_exported = "These are the scores as exported."
    formula = (
        f'IF(ISERROR(SUM({now})),"A score or points are missing, or a branch has no points: there is no ranking.",'
        f'IF(SUMPRODUCT((ABS({now}-{then})>{TIE:.9f})*1)=0,"{as_exported}",'
        '"Weights or scores were changed: compare the order now with the order as exported."))'
    )
    page.sheet.merge_cells(start_row=status, end_row=status, start_column=1, end_column=7)
    page.live(status, 1, formula, as_exported, font=BOLD)
    _add_bars(page, f"C{span.first}:C{span.last}")
    page.row += 1
    drawn = what_was_drawn(study.case, study.ranking.weights)
    led = (
        f"5-95 %: the scores that 90 % of the draws lie between. Ranks first: share of draws of {drawn}. Both are as "
        "computed when the file was made and do not follow a change."
    )
    for note in (
        "Rank, option and score follow the sheets weights and scores. Options that score the same share a rank.",
        led if study.acceptability is not None else "No ranges were judged: how sure the order is cannot be told.",
        "In the workings to the right, yes or no under Ranked takes an option in or out.",
    ):
        page.across(note, QUIET)


def _order_beside_weights(page: BookPage, study: Study, top: int, ranked: Span) -> None:
    """The order now, on the sheet where the weights are changed."""
    header = ("Rank now", "Option", "Score now")
    page.row = top - 1
    page.header(header, left=10, numbers=("Rank now", "Score now"))
    for row, (_, line) in enumerate(study.ranking.table.iterrows()):
        there = ranked.first + row
        page.live(top + row, 10, f"ranking!$A${there}", "out" if line["screened"] else int(line["rank"]), font=BOLD)
        page.live(top + row, 11, f"ranking!$B${there}", line["name"])
        page.live(top + row, 12, f"ranking!$C${there}", float(line["score"]), AS_SCORE)
    _add_bars(page, f"L{top}:L{top + ranked.last - ranked.first}")


def _add_bars(page: BookPage, cells: str) -> None:
    bars = DataBarRule("num", 0, "num", 100, color=theme.ACCENT.lstrip("#"))
    page.sheet.conditional_formatting.add(cells, bars)
