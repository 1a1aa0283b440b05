# SPDX-License-Identifier: Apache-2.0
"""The sheets that calculate: start, weights, scores, ranking, values and contributions.

A formula does what the package does: `Case.values`, `Weights`, `rank`. What depends on something missing is a dash,
never a number. Named ranges let a formula stand before the sheet it reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..case import Case
from ..errors import shown
from ..layout import theme
from ..story import NO_RANGE, judged_by, rank_labels, what_was_drawn
from ..story.words import ahead_by, open_at_the_top, unrounded, weight_of
from ..text import UNKNOWN, points, titled
from ..weights import TIE
from .sheets import BOLD, DASH, FOLLOWS, HEADLINE, QUIET, YOURS, Book, BookPage, condensed, widths_of

if TYPE_CHECKING:
    from ..analysis import Study

MOST_POINTS = 1e6
OUT = "out"
"""In place of the rank of an option that is left out."""
OWN, NO_OWN = "As exported", "No points of your own are filled in on the sheet weights."
NO_RANKING = "No ranking: a score or points are missing, or a branch has no points"
NONE_RANKED = "No option is ranked"
LEAST_ROWS, ROW_HEIGHT = 12, 17
"""How many rows the chart is tall at least, and the points of height of one."""


def write_live_sheets(book: Book, study: Study) -> None:
    """The six sheets, in the order in which a reader wants them."""
    given, chosen = _profiles(study)
    _start(book, study, chosen)
    weights = _weights(book, study, given, chosen)
    scores = _scores(book, study)
    _ranking(book, study)
    _values(book, study, scores, weights)
    _contributions(book, study)


def _profiles(study: Study) -> tuple[pd.DataFrame, str]:
    """Swing points of every profile, criteria x names, and the name of those the study uses."""
    case, used = study.case, study.ranking.weights
    titles = [titled(name) for name in case.profiles]  # of two sets of one's own they may be the same
    names = dict(zip(case.profiles, titles if len(set(titles)) == len(titles) else case.profiles, strict=True))
    columns = {name: case.points.loc[profile, "likely"] for profile, name in names.items()}
    given = pd.DataFrame(columns, index=case.criteria.index)
    if used.name in names and np.allclose(case.profile(used.name).values, used.values, rtol=0, atol=1e-12):
        return given, names[used.name]
    return given.assign(**{OWN: case.tree_points(used)}), OWN


def _start(book: Book, study: Study, chosen: str) -> None:
    """The answer now, the weights that give it, to be chosen, and the order as a table and as bars."""
    table, short = study.ranking.table, study.case.options["short"]
    note = open_at_the_top(study.ranking, study.case)
    page = book.page("start", study.case.about.title, note, (10, 40, 15, 19, 3, *[14] * 7), YOURS)
    top = page.row + 5
    last = top + len(table) - 1
    book.name("headline", page.across(_answer(study), HEADLINE, formula=_headline(study, top, last)))
    page.row += 1
    page.write(page.row, 1, "Weights", font=BOLD)
    choice = DataValidation(type="list", formula1="profile_names", allow_blank=False)
    book.name("weights_chosen", page.editable(page.row, 2, chosen, choice))
    count = '"Your own points, on the sheet weights, replace "&COUNTA(own_points)&" of these."'
    page.across(NO_OWN, left=3, formula=f'IF(COUNTA(own_points)=0,"{NO_OWN}",{count})')
    page.row += 1
    words = ("Rank", "Option", "Score of 100", "Rank as exported")
    page.header(words, numbers={*words} - {"Option"})
    labels = _labels(study)
    for row, (option, line) in enumerate(table.iterrows(), start=top):
        at, out = f"MATCH({row - top + 1},places,0)", bool(line["screened"])
        strong = BOLD if option in study.ranking.leaders else QUIET
        page.write(row, 1, OUT if out else int(line["rank"]), "rank", BOLD, f"INDEX(ranks_now,{at})")
        page.write(row, 2, short[option], "text", strong, f"INDEX(options,{at})")
        formula = f'IF($A{row}="{OUT}","",INDEX(scores_now,{at}))'
        page.write(row, 3, "" if out else float(line["score"]), "score", BOLD, formula)
        page.write(row, 4, labels[option], "rank", formula=f"INDEX(ranks_as_exported,{at})")
        page.sheet.row_dimensions[row].height = ROW_HEIGHT
    _add_chart(page, top, last)
    page.row = max(last, top + LEAST_ROWS) + 2


def _headline(study: Study, top: int, last: int) -> str:
    """The formula of a sentence on who leads now, by how much, and whether it is as exported."""
    ranks, leader, second, lead = f"$A${top}:$A${last}", f"$B${top}", f"$B${top + 1}", f"($C${top}-$C${top + 1})"
    rounded = f'IF({lead}<0.05,"less than 0.1",FIXED({lead},1))&IF(ROUND({lead},1)=1," point"," points")'
    unlike = f"ABS(ROUND({lead},1)-ROUND($C${top},1)+ROUND($C${top + 1},1))>0.05"
    cases = {
        f'COUNTIF({ranks},"{DASH}")>0': f'"{NO_RANKING}"',
        f"COUNT({ranks})=0": f'"{NONE_RANKED}"',
        f"COUNTIF({ranks},1)>1": f'COUNTIF({ranks},1)&" options share first place, "&{leader}&" among them"',
        f"COUNT({ranks})=1": f'{leader}&" is the only option ranked"',
    }
    now = f'{leader}&" leads by "&{rounded}&IF({unlike}," (unrounded)","")&", ahead of "&{second}'
    for condition, words in reversed(cases.items()):
        now = f"IF({condition},{words},{now})"
    changed = f'(ABS(scores_now-scores_as_exported)>{TIE:.9f})+((included="yes")=(ranks_as_exported="{OUT}"))'
    gap = ahead_by(study.ranking)
    then = f'"; as exported, "&INDEX(options,1)&" led by {points(gap)}."' if gap else '", other than as exported."'
    return f'{now}&IF(IFERROR(SUMPRODUCT({changed}),1)=0,", as exported.",{then})'


def _answer(study: Study) -> str:
    """What the headline comes to as long as nothing is changed."""
    return f"{_who_leads(study)}, as exported."


def _who_leads(study: Study) -> str:
    """Who leads and by how much, as a clause."""
    ranking, gap = study.ranking, ahead_by(study.ranking)
    ranked = list(study.case.options["short"][ranking.ranked.index])
    if not ranked:
        return NONE_RANKED
    if gap is None:
        return f"{ranked[0]} is the only option ranked"
    if len(ranking.leaders) > 1:
        return f"{len(ranking.leaders)} options share first place, {ranked[0]} among them"
    return f"{ranked[0]} leads by {points(gap)}{unrounded(ranking)}, ahead of {ranked[1]}"


def _labels(study: Study) -> dict[str, int | str]:
    """Each option's rank as exported; ``2=`` where it is shared."""
    labels, out = rank_labels(study.ranking), study.ranking.table["screened"]
    return {name: OUT if out[name] else int(label) if label.isdigit() else label for name, label in labels.items()}


def _add_chart(page: BookPage, top: int, last: int) -> None:
    """Bars of the scores beside the table of the order, the first of another colour."""
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = "bar", 40, None
    chart.add_data(Reference(page.sheet, min_col=3, min_row=top, max_row=last))
    chart.set_categories(Reference(page.sheet, min_col=2, min_row=top, max_row=last))
    bars, first = chart.series[0], DataPoint(idx=0, invertIfNegative=False)
    bars.graphicalProperties.solidFill = theme.MARKS["grey"][1:]
    first.graphicalProperties.solidFill = theme.ACCENT[1:]
    bars.dPt = [first]
    bars.dLbls = DataLabelList(showVal=True, numFmt="0.0;;", showSerName=False, showCatName=False, showLegendKey=False)
    chart.x_axis.scaling.orientation = "maxMin"  # the first on top
    chart.x_axis.delete, chart.y_axis.delete, chart.y_axis.majorGridlines = False, True, None
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
    chart.width, chart.height = 18.0, max(LEAST_ROWS, last - top + 2) * ROW_HEIGHT * 2.54 / 72
    page.sheet.add_chart(chart, f"F{top - 1}")


def _weights(book: Book, study: Study, given: pd.DataFrame, chosen: str) -> dict[str, str]:
    """Swing points by tree: those chosen, the reader's own, and the weights they give; where each weight is.

    A weight is the product of shares down its branch.
    """
    case, parents, names = study.case, study.case.criteria["parent"], list(given.columns)
    note = (
        "100 for the biggest step from worst to best among siblings. A weight is the product of shares down its branch."
    )
    title = "Your own swing points; where you leave a cell blank, those chosen on the sheet start count"
    page = book.page("weights", title, note, (44, 9, *[12] * 6, 3, *[12] * len(names)), YOURS)
    page.across(_answer(study), HEADLINE, formula="headline")
    words = ["Criterion", "Branch", "Points chosen", "Your points", "Points in use", "Share of its branch"]
    words += ["Weight", "Weight as exported"]
    page.header(words, numbers=words[1:])
    page.row -= 1
    first, end = page.header(names, 10, numbers=names), get_column_letter(9 + len(names))
    nodes = sorted(parents.index, key=lambda node: list(map(parents.index.get_loc, reversed(case.branch_of(node)))))
    last = first + len(nodes) - 1
    book.name("profile_names", f"weights!$J${first - 1}:${end}${first - 1}")
    places = {"branches": "B", "own_points": "D", "swing_points": "E", "weights_down_the_tree": "G"}
    for name, letter in places.items():
        book.name(name, f"weights!${letter}${first}:${letter}${last}")
    branch = {parent: number for number, parent in enumerate(pd.unique(parents[nodes]))}
    sums = given[chosen].groupby(parents).apply(math.fsum)
    check = _between(0.0, MOST_POINTS, blank=True)
    weights, at = {"": 1.0}, {"": "1"}
    for row, node in enumerate(nodes, start=first):
        depth = len(case.branch_of(node)) - 1
        above, points_here, strong = parents[node], float(given.at[node, chosen]), QUIET if depth else BOLD
        page.write(row, 1, case.criteria.at[node, "name"], font=strong)
        page.sheet.cell(row, 1).alignment = Alignment("left", "top", wrap_text=True, indent=1 + 2 * depth)
        page.write(row, 2, branch[above], "rank", QUIET)
        for column, name in enumerate(names, start=10):
            page.write(row, column, given.at[node, name], "number")
        here = "EXACT(profile_names,weights_chosen)"
        formula = f'IF(SUMPRODUCT({here}*1)=1,SUMPRODUCT({here}*$J{row}:${end}{row}),"{DASH}")'
        page.write(row, 3, points_here, "number", formula=formula)
        page.editable(row, 4, None, check)
        page.write(row, 5, points_here, "number", formula=f'IF(D{row}="",C{row},D{row})')
        whole = f'COUNTIFS(branches,B{row},swing_points,">=0")=COUNTIF(branches,B{row})'  # missing is never 0
        formula = f'IF({whole},IFERROR(E{row}/SUMIF(branches,B{row},swing_points),"{DASH}"),"{DASH}")'
        page.write(row, 6, points_here / sums[above], "share", formula=formula)
        weights[node] = weights[above] * points_here / sums[above]
        at[node] = page.write(row, 7, weights[node], "share", strong, f'IFERROR(F{row}*{at[above]},"{DASH}")')
        page.write(row, 8, weight_of(study.ranking, case, node), "share")
    page.bars(7, first, last)
    return at


def _between(low: float, high: float, *, blank: bool) -> DataValidation:
    """What may be typed into a cell; Excel says so when it is something else."""
    error = f"Give a number from {shown(low)} to {shown(high)}."
    return DataValidation(type="decimal", formula1=repr(low), formula2=repr(high), allow_blank=blank, error=error)


def _scores(book: Book, study: Study) -> dict[tuple[str, str], str]:
    """Every score in force, with its range, reasons and evidence; where the likely ones are, which can be changed."""
    case, scales = study.case, study.case.criteria.loc[list(study.case.leaves)]
    rows = case.scores.loc[[(option, leaf) for option in case.options.index for leaf in case.leaves]]
    options, leaves = (list(rows.index.get_level_values(level)) for level in (0, 1))
    names = {"option": list(case.options["short"][options]), "criterion": list(scales["name"][leaves])}
    names |= {"unit": list(scales["unit"][leaves]), "distribution": list(rows["distribution"].replace("", "pert"))}
    table, same = condensed(rows.reset_index().assign(**names))
    note = f"{judged_by(case)} Of several judgements of one score, the one in force on the case's date is shown. {same}"
    if case.unknown.to_numpy().any():
        note += f" Likely, {UNKNOWN}: nobody knows it; the middle of the scale, in brackets, stands in."
    page = book.page("scores", "The scores, as judged", note, widths_of([table]), YOURS)
    page.across(_answer(study), HEADLINE, formula="headline")
    first = page.table(table)
    page.sheet.auto_filter.ref = f"A{first - 1}:{get_column_letter(len(table.columns))}{page.row - 1}"
    ends = scales[["worst", "best"]].astype(float)
    checks = {leaf: _between(*sorted(row), blank=False) for leaf, row in ends.iterrows()}  # missing is never zero
    likely = [column.heading for column in table.columns].index("Likely") + 1
    places = {}
    for row, (pair, score) in enumerate(rows["likely"].items(), start=first):
        places[pair] = page.editable(row, likely, score, checks[pair[1]])
        if case.unknown.at[pair]:  # marked for as long as nobody puts a judgement in its place
            page.sheet.cell(row, likely).number_format = f'[={shown(score)}]"{UNKNOWN} ("General")";General'
    return places


def _ranking(book: Book, study: Study) -> None:
    """Score, rank and place of each option now, by formulas, beside the order as exported."""
    case, table, acceptability = study.case, study.ranking.table, study.acceptability
    note = judged_by(case)
    page = book.page("ranking", f"As exported: {_who_leads(study)}", note, (44, 10, *[14] * 7), YOURS)
    page.across(_answer(study), HEADLINE, formula="headline")
    words = ["Option", "Ranked", "Score now", "Rank now", "Place", "Rank as exported"]
    words += ["Score as exported", "5-95 % as exported", "Ranks first, of trials"][: 1 if acceptability is None else 3]
    first = page.header(words, numbers=words[2:])
    last = first + len(table) - 1
    names = "options included scores_now ranks_now places ranks_as_exported scores_as_exported"
    for letter, name in zip("ABCDEFG", names.split(), strict=True):
        book.name(name, f"ranking!${letter}${first}:${letter}${last}")
    at, labels = list(case.options.index), _labels(study)
    check = DataValidation(type="list", formula1='"yes,no"', allow_blank=False)
    known = 'COUNTIFS(included,"yes",scores_now,">=0")=COUNTIF(included,"yes")'
    for row, (option, line) in enumerate(table.iterrows(), start=first):
        out, score = bool(line["screened"]), float(line["score"])
        page.write(row, 1, case.options.at[option, "short"])
        page.editable(row, 2, "no" if out else "yes", check)
        values = f"INDEX(option_values,{at.index(option) + 1},0)"
        whole = f"COUNT({values},leaf_weights)={2 * len(case.leaves)}"
        formula = f'IF({whole},SUMPRODUCT({values},leaf_weights),"{DASH}")'
        page.write(row, 3, score, "score", BOLD, formula)
        rank = f'IF({known},1+SUMPRODUCT((included="yes")*(scores_now>C{row}+{TIE:.9f})),"{DASH}")'
        page.write(row, 4, OUT if out else int(line["rank"]), "rank", BOLD, f'IF(B{row}="yes",{rank},"{OUT}")')
        down = f"D${first}:D{row}"
        place = f'COUNTIF(ranks_now,"<"&D{row})+COUNTIF({down},D{row})'
        beneath = f"COUNT(ranks_now)+ROWS({down})-COUNT({down})"
        page.write(row, 5, row - first + 1, "rank", QUIET, f"IF(ISNUMBER(D{row}),{place},{beneath})")
        page.write(row, 6, labels[option], "rank")
        page.write(row, 7, score, "score")
        if acceptability is not None and not out:
            low, high = acceptability.interval.loc[option]
            page.write(row, 8, f"{low:.0f}\N{EN DASH}{high:.0f}", "rank")
            page.write(row, 9, float(acceptability.rank_acceptability.at[option, 1]), "share")
    page.bars(3, first, last)
    page.row = last + 2
    page.across("Options that score the same share a rank. Yes or no under Ranked takes an option in or out.")
    drawn = what_was_drawn(case, study.ranking.weights)
    ranges = f"5-95 %: the scores that 90 of 100 trials lie between; they vary {drawn}. They do not follow a change."
    page.across(f"{NO_RANGE}." if acceptability is None else ranges)


def _values(book: Book, study: Study, scores: Mapping[tuple[str, str], str], weights: Mapping[str, str]) -> None:
    """Values from the scores, on the declared anchors, bent where the scale is; beneath them the scales."""
    case, leaves = study.case, study.case.leaves
    title = "What each score is worth, from 0 at the worst considered to 100 at the best"
    note = "Follows the scores. A score beyond its scale counts as the nearer end."
    page = book.page("values", title, note, (36, *[13] * len(leaves)), FOLLOWS)
    names = [str(case.criteria.at[leaf, "name"]) for leaf in leaves]
    weights_row = page.header(("Option", *names), numbers=names)
    first, last, end = weights_row + 1, weights_row + len(case.options), get_column_letter(len(leaves) + 1)
    book.name("leaf_weights", f"values!$B${weights_row}:${end}${weights_row}")
    book.name("option_values", f"values!$B${first}:${end}${last}")
    page.write(weights_row, 1, "Weight now", font=BOLD)
    for column, leaf in enumerate(leaves, start=2):
        page.write(weights_row, column, float(study.ranking.weights.values[leaf]), "share", BOLD, weights[leaf])
    counts, values = _corners(page, case, last + 4), case.values
    for row, option in enumerate(case.options.index, start=first):
        page.write(row, 1, case.options.at[option, "short"])
        for column, leaf in enumerate(leaves, start=2):
            score, letter = scores[option, leaf], get_column_letter(column)
            starts = range(last + 4, last + 2 * counts[leaf] + 2, 2)
            worth = f"{letter}${last + 5}" + "".join(_piece(score, letter, start) for start in starts)
            formula = f'IF(ISNUMBER({score}),{worth},"{DASH}")'
            page.write(row, column, float(values.at[option, leaf]), "score", formula=formula)
    page.shade(f"B{first}:{end}{last}")


def _piece(score: str, letter: str, row: int) -> str:
    """What one stretch of a scale adds: none of its rise below it, all of it above."""
    low, worth, high, next_worth = (f"{letter}${each}" for each in range(row, row + 4))
    return f"+({next_worth}-{worth})*MEDIAN(0,1,({score}-{low})/({high}-{low}))"


def _corners(page: BookPage, case: Case, top: int) -> dict[str, int]:
    """The scales beneath the values: scores, increasing, and what each is worth; how many a leaf has."""
    page.row = top - 1
    page.across("The scales, as scores and what each is worth: straight lines between", BOLD)
    counts = {}
    for column, leaf in enumerate(case.leaves, start=2):
        corners = list(zip(*case.value_function(leaf).corners, strict=True))
        counts[leaf] = len(corners)
        for row, number in enumerate((each for corner in corners for each in corner), start=top):
            page.write(row, 1, "is worth" if (row - top) % 2 else "Score", font=QUIET)
            page.write(row, column, float(number), "number", QUIET)
    return counts


def _contributions(book: Book, study: Study) -> None:
    """Value times weight: what each leaf adds to each option's score."""
    case, leaves, parts = study.case, study.case.leaves, study.ranking.contributions
    note = "Value points: each value times its weight; a row adds up to the score. Follows weights and scores."
    widths = (36, 10, *[13] * len(leaves))
    page = book.page("contributions", "What each criterion adds to each score", note, widths, FOLLOWS)
    names = ["Score", *(str(case.criteria.at[leaf, "name"]) for leaf in leaves)]
    first = page.header(("Option", *names), numbers=names)
    end, at = get_column_letter(len(leaves) + 2), list(case.options.index)
    for row, option in enumerate(parts.index, start=first):
        page.write(row, 1, case.options.at[option, "short"])
        summed = f'IF(COUNT(C{row}:{end}{row})={len(leaves)},SUM(C{row}:{end}{row}),"{DASH}")'
        page.write(row, 2, math.fsum(parts.loc[option]), "score", BOLD, summed)
        for place, leaf in enumerate(leaves, start=1):
            formula = f"INDEX(option_values,{at.index(option) + 1},{place})*INDEX(leaf_weights,{place})"
            page.write(row, place + 2, float(parts.at[option, leaf]), "score", formula=f'IFERROR({formula},"{DASH}")')
    page.shade(f"C{first}:{end}{first + len(parts) - 1}")
