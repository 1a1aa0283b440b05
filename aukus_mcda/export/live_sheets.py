"""The sheets that calculate: scores, weights, values, contributions and the ranking they give.

Each takes the book and the study and leaves in ``book.at`` where its numbers are, so that the next
sheet's formulas can name them. A formula does what the package does: `values`, `weights`, `ranking`.
"""

from __future__ import annotations

import math

import pandas as pd
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..analysis import Study
from ..case import Case
from ..errors import shown
from ..story import interval_labels, palette, rank_labels, wording
from ..text import weights_named
from ..weights import TIE, Weights
from .sheets import ANY, BOLD, DRAWN, HAIRLINE, QUIET, SCORE, SHARE, WEIGHT, Book, Page, put

MOST_POINTS = 1_000_000


def scores(book: Book, study: Study) -> None:
    """Every score in force, with its range, reasons and evidence; the likely ones can be changed."""
    case = study.case
    page = book.page(
        "scores",
        "The scores, as judged",
        f"{wording.ILLUSTRATIVE} Change a yellow cell and the ranking follows. Of several judgements of one score, "
        "only the one in force on the case's date is shown.",
        (30, 30, 18, 8, 8, 8, 12, 60, 40, 22, 12),
    )
    header = ("Option", "Criterion", "Unit", "Low", "Likely", "High", "Spread", "Why", "Evidence", "Judged by", "As of")
    page.header(header, numbers=("Low", "Likely", "High"), freeze=True)
    checks: dict[str, DataValidation] = {}
    for option in case.options.index:
        for leaf in case.leaves:
            row, scale = case.scores.loc[(option, leaf)], case.criteria.loc[leaf]
            cells = (
                case.options.at[option, "short"],
                scale["name"],
                scale["unit"],
                row["low"],
                None,
                row["high"],
                row["distribution"] or "pert",
                row["rationale"],
                "; ".join(row["evidence"]),
                row["judged_by"],
                row["as_of"],
            )
            for column, value in enumerate(cells, start=1):
                put(page.sheet.cell(page.row, column), value).border = HAIRLINE
            book.at["score", option, leaf] = page.editable(page.row, 5, row["likely"])
            if leaf not in checks:
                checks[leaf] = _between(page, *sorted((scale["worst"], scale["best"])))
            checks[leaf].add(page.sheet.cell(page.row, 5))
            page.fit()
            page.row += 1
    page.sheet.auto_filter.ref = f"A{page.row - len(case.scores) - 1}:K{page.row - 1}"


def _between(page: Page, low: float, high: float) -> DataValidation:
    """What may be typed into a cell; Excel says so when it is something else."""
    check = DataValidation(type="decimal", operator="between", formula1=repr(float(low)), formula2=repr(float(high)))
    check.showErrorMessage = True
    check.allow_blank = False  # missing is never zero
    check.errorTitle, check.error = "Outside the scale", f"Give a number from {shown(low)} to {shown(high)}."
    page.sheet.add_data_validation(check)
    return check


def weights(book: Book, study: Study) -> None:
    """Swing points by tree, to be changed; each leaf's weight is the product of shares down its branch."""
    case, used = study.case, study.ranking.weights
    points, parents = points_of(used)
    ends = used.point_range
    page = book.page(
        "weights",
        f"The weights: {weights_named(study.ranking.weights.name)}",
        "Change the points in yellow: 100 for the biggest step from worst to best among siblings, less for the rest. "
        "A weight is the share among siblings times the weight of the branch above. The order on the right follows. "
        "Acceptability and sensitivity do not: they were computed for the weights as exported.",
        (44, 9, 10, 13, 11, 13, 8, 8, 3, 8, 52, 14),
    )
    header = ("Criterion", "Branch", "Points", "Share of its branch", "Weight", "Weight as exported", "Low", "High")
    first = page.header(header, numbers=header[1:], freeze=True)
    page.sheet.freeze_panes = f"A{first}"
    tree = _down(parents)
    branch = {parent: number for number, parent in enumerate(pd.unique(parents.loc[[node for node, _ in tree]]))}
    sums = points.groupby(parents).apply(math.fsum)
    check = _between(page, 0, MOST_POINTS)
    last = first + len(tree) - 1
    worth: dict[str, float] = {"": 1.0}
    for row, (node, depth) in enumerate(tree, start=first):
        parent = parents[node]
        name = put(page.sheet.cell(row, 1), case.criteria["name"].get(node, node), font=BOLD if depth == 0 else QUIET)
        name.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1 + 2 * depth)
        put(page.sheet.cell(row, 2), branch[parent])
        page.editable(row, 3, float(points[node]))
        check.add(page.sheet.cell(row, 3))
        share = float(points[node] / sums[parent])
        worth[node] = worth[parent] * share
        sum_up = f"SUMIF($B${first}:$B${last},B{row},$C${first}:$C${last})"
        page.live(
            row, 4, f"IF(AND(ISNUMBER(C{row}),C{row}>=0),C{row}/{sum_up},NA())", share, SHARE
        )  # missing is never 0
        above = f"*{book.at['weight', parent]}" if parent else ""
        book.at["weight", node] = page.live(row, 5, f"D{row}{above}", worth[node], WEIGHT)
        put(page.sheet.cell(row, 6), worth[node], WEIGHT)
        for column, end in ((7, "low"), (8, "high")):
            put(page.sheet.cell(row, column), None if ends is None else ends[end].get(node))
    page.row = last + 2
    book.at["points first",], book.at["points last",] = str(first), str(last)
    book.name("swing_points", "weights", f"$C${first}:$C${last}")
    book.name("weights_down_the_tree", "weights", f"$E${first}:$E${last}")
    if used.points.empty:
        page.across(f"These weights come from {used.method}: the points are their shares of 100.", QUIET)


def points_of(used: Weights) -> tuple[pd.Series, pd.Series]:
    """Points and parents that give these weights; for weights not made from points, their shares of 100."""
    if not used.points.empty:
        return used.points, used.parents
    return 100 * used.values, pd.Series("", index=used.values.index)


def _down(parents: pd.Series, parent: str = "", depth: int = 0) -> list[tuple[str, int]]:
    """The nodes of a tree from top to bottom, each with its depth."""
    found = []
    for node in parents.index[parents == parent]:
        found += [(node, depth), *_down(parents, node, depth + 1)]
    return found


def values(book: Book, study: Study) -> None:
    """Values from the scores, on the declared anchors, bent where the scale is; and each leaf's weight."""
    case, leaves = study.case, study.case.leaves
    page = book.page(
        "values",
        "What each score is worth, from 0 at the worst considered to 100 at the best",
        "Follows the scores. A score beyond its scale counts as the nearer end; a blank one leaves the ranking blank.",
        (36, *[12] * len(leaves)),
    )
    names = [str(case.criteria.at[leaf, "name"]) for leaf in leaves]
    first = page.header(("Option", *names), numbers=names, freeze=True) + 1
    corners_at = first + len(case.options) + 2
    used = study.ranking.weights.values
    put(page.sheet.cell(first - 1, 1), "Weight now", font=BOLD)
    for column, leaf in enumerate(leaves, start=2):
        page.live(first - 1, column, book.at["weight", leaf], float(used[leaf]), WEIGHT, font=BOLD)
    corners = _corners(page, case, corners_at)
    worth = case.values
    for row, option in enumerate(case.options.index, start=first):
        put(page.sheet.cell(row, 1), case.options.at[option, "short"])
        for column, leaf in enumerate(leaves, start=2):
            score, letter = book.at["score", option, leaf], get_column_letter(column)
            start = corners_at + 1
            pieces = "".join(_piece(score, letter, at) for at in range(start, start + 2 * (corners[leaf] - 1), 2))
            formula = f"IF(ISNUMBER({score}),{letter}${start + 1}{pieces},NA())"
            at = page.live(row, column, formula, float(worth.at[option, leaf]), SCORE)
            book.at["value", option, leaf] = at.split("!")[1]
    end = get_column_letter(len(leaves) + 1)
    for row, option in enumerate(case.options.index, start=first):
        book.at["values of", option] = f"values!$B${row}:${end}${row}"
    book.at["leaf weights",] = f"values!$B${first - 1}:${end}${first - 1}"
    book.name("leaf_weights", "values", f"$B${first - 1}:${end}${first - 1}")
    book.name("option_values", "values", f"$B${first}:${end}${first + len(case.options) - 1}")


def _piece(score: str, letter: str, at: int) -> str:
    """What one stretch of a scale adds: none of its rise below it, all of it above."""
    low, high, worth, next_worth = (f"{letter}${row}" for row in (at, at + 2, at + 1, at + 3))
    return f"+({next_worth}-{worth})*MEDIAN(0,1,({score}-{low})/({high}-{low}))"


def _corners(page: Page, case: Case, top: int) -> dict[str, int]:
    """The scales beneath the values: scores, increasing, and what each is worth; how many a leaf has."""
    put(page.sheet.cell(top, 1), "The scales: straight lines between", font=BOLD)
    counts = {}
    for column, leaf in enumerate(case.leaves, start=2):
        scored, worth = case.value_function(leaf).corners
        counts[leaf] = len(scored)
        for k, (score, value) in enumerate(zip(scored, worth, strict=True)):
            put(page.sheet.cell(top + 1 + 2 * k, column), float(score))
            put(page.sheet.cell(top + 2 + 2 * k, column), float(value))
    for k in range(max(counts.values())):
        put(page.sheet.cell(top + 1 + 2 * k, 1), f"Point {k + 1}: score")
        put(page.sheet.cell(top + 2 + 2 * k, 1), f"Point {k + 1}: worth")
    return counts


def contributions(book: Book, study: Study) -> None:
    """Value times weight: what each leaf adds to each option's score."""
    case, leaves = study.case, study.case.leaves
    page = book.page(
        "contributions",
        wording.strongest(study.ranking, case) or "What each criterion contributes to each score",
        "Value points: each value times its weight. A row adds up to the option's score. Follows weights and scores.",
        (34, 10, *[12] * len(leaves)),
    )
    names = ["Score", *(str(case.criteria.at[leaf, "name"]) for leaf in leaves)]
    first = page.header(("Option", *names), numbers=names, freeze=True)
    parts = study.ranking.contributions
    used = book.at["leaf weights",].split("!")[1].split(":")[0].split("$")[2]
    for row, option in enumerate(parts.index, start=first):
        put(page.sheet.cell(row, 1), case.options.at[option, "short"])
        end = get_column_letter(len(leaves) + 2)
        page.live(row, 2, f"SUM(C{row}:{end}{row})", math.fsum(parts.loc[option]), SCORE, font=BOLD)
        for column, leaf in enumerate(leaves, start=3):
            weight = f"values!${get_column_letter(column - 1)}${used}"
            at = f"values!{book.at['value', option, leaf]}*{weight}"
            page.live(row, column, at, float(parts.at[option, leaf]), SCORE)


def ranking(book: Book, study: Study) -> None:
    """The order now, by formulas; beside it the order as exported; to the right how it comes about."""
    case, table = study.case, study.ranking.table
    page = book.page(
        "ranking",
        f"As exported: {study.answer}",
        " ".join((*study.statements[:1], case.about.disclaimer or wording.ILLUSTRATIVE)),
        (8, 54, 16, 12, 12, 13, 14, 4, 54, 9, 10, 8, 8, 8, 9, 10, 11, 10),
        shown=7,
    )
    status = page.row
    page.row += 2
    intervals = None if study.acceptability is None else interval_labels(study.acceptability)
    header = (
        "Rank now",
        "Option",
        "Score now",
        "Rank as exported",
        "Score as exported",
        "5-95 % as exported",
        "Ranks first, as computed",
    )
    numbers = ("Rank now", "Score now", "Score as exported", "Ranks first, as computed")
    first = page.header(header, numbers=numbers, freeze=True)
    page.row -= 1
    workings = (
        "Workings",
        "Ranked",
        "Score",
        "Rank",
        "Place",
        "Tie order",
        "Was ranked",
        "Was scored",
        "5-95 %",
        "Ranks first",
    )
    page.header(workings, left=9, numbers=("Score", "Rank", "Place", "Tie order", "Was scored", "Ranks first"))
    page.sheet.freeze_panes = f"A{first}"
    last = first + len(table) - 1
    by_id = {option: number for number, option in enumerate(sorted(table.index), start=1)}
    labels = rank_labels(study.ranking)
    firsts = None if study.acceptability is None else study.acceptability.rank_acceptability[1]
    k, r, j, n = (f"${letter}${first}:${letter}${last}" for letter in "KLJN")
    for row, (option, said) in enumerate(table.iterrows(), start=first):
        out, score = bool(said["screened"]), float(said["score"])
        put(page.sheet.cell(row, 9), said["name"])
        page.editable(row, 10, "no" if out else "yes")
        page.live(row, 11, f"SUMPRODUCT({book.at['values of', option]},{book.at['leaf weights',]})", score, SCORE)
        above = f'1+SUMPRODUCT(({j}="yes")*({k}>K{row}+{TIE:.9f}))'
        page.live(row, 12, f'IF(J{row}="yes",{above},"")', "" if out else int(said["rank"]))
        place = f'1+SUMPRODUCT(({j}="yes")*(({r}<L{row})+({r}=L{row})*({n}<N{row})))'
        beneath = f'COUNTIF({j},"yes")+1+SUMPRODUCT(({j}<>"yes")*(({k}>K{row})+({k}=K{row})*({n}<N{row})))'
        page.live(row, 13, f'IF(J{row}="yes",{place},{beneath})', row - first + 1)
        put(page.sheet.cell(row, 14), by_id[option])
        put(page.sheet.cell(row, 15), labels[option])
        put(page.sheet.cell(row, 16), score, SCORE)
        put(page.sheet.cell(row, 17), None if intervals is None else intervals.get(option))
        put(page.sheet.cell(row, 18), None if firsts is None or option not in firsts else float(firsts[option]), DRAWN)
        _sorted_row(page, row, first, last, (said["name"], score, labels[option], out, said["rank"]))
    page.row = last + 1
    _ranking_notes(page, study, status, first, last)
    book.at["ranking first",], book.at["ranking last",] = str(first), str(last)
    book.name("scores_now", "ranking", f"$K${first}:$K${last}")
    book.name("ranks_now", "ranking", f"$L${first}:$L${last}")
    page.sheet.print_area = f"A1:G{page.row}"


def _sorted_row(page: Page, row: int, first: int, last: int, said: tuple[str, float, str, bool, object]) -> None:
    """The option that stands at this place now, and what was said of it when the file was made."""
    name, score, label, out, rank = said
    at = f"MATCH({row - first + 1},$M${first}:$M${last},0)"

    def found(letter: str) -> str:
        return f"INDEX(${letter}${first}:${letter}${last},{at})"

    page.live(row, 1, f'IF({found("J")}="yes",{found("L")},"out")', "out" if out else int(str(rank)), font=BOLD)
    page.live(row, 2, found("I"), name, font=BOLD if label.rstrip("=") == "1" else QUIET)
    page.live(row, 3, found("K"), score, SCORE, font=BOLD)
    for column, letter, number_format in ((4, "O", ANY), (5, "P", SCORE), (6, "Q", ANY), (7, "R", DRAWN)):
        there = page.sheet.cell(row, " ABCDEFGHIJKLMNOPQR".index(letter)).value
        blank = f'IF({found(letter)}="","",{found(letter)})'
        page.live(row, column, blank, "" if there is None else there, number_format)


def _ranking_notes(page: Page, study: Study, status: int, first: int, last: int) -> None:
    k, p = f"$K${first}:$K${last}", f"$P${first}:$P${last}"
    as_exported = "These are the scores as exported."
    formula = (
        f'IF(ISERROR(SUM({k})),"A score or points are missing, or a branch has no points: there is no ranking.",'
        f'IF(SUMPRODUCT((ABS({k}-{p})>{TIE:.9f})*1)=0,"{as_exported}",'
        '"Weights or scores were changed: compare the order now with the order as exported."))'
    )
    page.sheet.merge_cells(start_row=status, end_row=status, start_column=1, end_column=7)
    page.live(status, 1, formula, as_exported, font=BOLD)
    bars = DataBarRule("num", 0, "num", 100, color=palette.BRIGHT[0].lstrip("#"))
    page.sheet.conditional_formatting.add(f"C{first}:C{last}", bars)
    page.skip()
    drawn = wording.drawn_as(study.case, study.ranking.weights)
    led = (
        f"5-95 %: the scores that 90 % of the draws lie between. Ranks first: share of draws of {drawn}. Both are as "
        "computed when the file was made and do not follow a change."
    )
    for note in (
        "Rank, option and score follow the sheets weights and scores. Options that score the same share a rank.",
        led if study.acceptability is not None else wording.NO_RANGE,
        "In the workings to the right, yes or no under Ranked takes an option in or out.",
    ):
        page.across(note, QUIET)


def order_beside_weights(book: Book, study: Study) -> None:
    """The order now, on the sheet where the weights are changed."""
    sheet = book.file["weights"]
    page = Page(book, sheet, 12, row=int(book.at["points first",]) - 1)
    first, last = int(book.at["ranking first",]), int(book.at["ranking last",])
    page.header(("Rank now", "Option", "Score now"), left=10, numbers=("Rank now", "Score now"))
    for place, (_, said) in enumerate(study.ranking.table.iterrows()):
        at = f"ranking!${{}}${first + place}"
        page.live(page.row, 10, at.format("A"), "out" if said["screened"] else int(said["rank"]), font=BOLD)
        page.live(page.row, 11, at.format("B"), said["name"])
        page.live(page.row, 12, at.format("C"), float(said["score"]), SCORE)
        page.row += 1
    bars = DataBarRule("num", 0, "num", 100, color=palette.BRIGHT[0].lstrip("#"))
    top = page.row - (last - first) - 1
    sheet.conditional_formatting.add(f"L{top}:L{page.row - 1}", bars)
