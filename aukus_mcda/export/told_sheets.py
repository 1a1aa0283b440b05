"""The sheets that tell: what was computed for the exported weights, what was put in, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter

from ..analysis import Study
from ..case import Case
from ..story import methods_table, palette, wording
from ..text import joined, titled
from .sheets import ANY, BOLD, DRAWN, QUIET, SCORE, SHARE, WEIGHT, Book, Page, put

AS_EXPORTED = "Computed for the weights and scores as exported; it does not follow a change on the sheet weights."


def acceptability(book: Book, study: Study) -> None:
    """In what share of the draws each option takes each rank, and the weights that speak for it."""
    case, found = study.case, study.acceptability
    if study.fragility is None or found is None:
        return
    shares = found.rank_acceptability.sort_values(list(found.rank_acceptability.columns), ascending=False)
    ranks = list(shares.columns)
    page = book.page(
        "acceptability",
        wording.how_sure(study.fragility, study.ranking, case),
        f"{AS_EXPORTED} Shares of {found.draws:,} draws of {wording.drawn_as(case, study.ranking.weights)} "
        f"(seed {study.seed}); not the chance that an option is right. Largest standard error: "
        f"{100 * found.standard_error['rank_acceptability'].to_numpy().max():.1g} %.",
        (34, *[16] * len(ranks)),
    )
    rows = [[_short(case, option), *row] for option, row in shares.iterrows()]
    header: tuple[str, ...] = ("Share of draws at rank", *map(str, ranks))
    first = page.table(header, rows, (ANY, *[DRAWN] * len(ranks)))
    end = f"{get_column_letter(len(ranks) + 1)}{page.row - 1}"
    shade = ColorScaleRule("num", 0, "FFFFFF", None, None, None, "num", 1, palette.BRIGHT[0].lstrip("#"))
    page.sheet.conditional_formatting.add(f"B{first}:{end}", shade)
    page.part("Scores: the interval that 90 % of the draws lie in, and the envelope of all judgements at one end")
    table = study.ranking.table.loc[shares.index]
    rows = [
        [_short(case, option), *found.interval.loc[option, ["low", "high"]], *table.loc[option, ["least", "greatest"]]]
        for option in shares.index
    ]
    header = ("Score of", "5 % of draws below", "5 % of draws above", "Envelope: all low", "Envelope: all high")
    page.table(header, rows, (ANY, *[SCORE] * 4), freeze=False)
    if study.fragility is not None and len(study.fragility.stress):
        page.part("How often the leader ranks first when errors, ranges or weights are drawn in another way")
        header, rows, formats = _ways(study.fragility.stress, case)
        page.table(header, rows, formats, freeze=False)
    if found.pairwise is not None:
        page.part("How often the option in the row scores higher than the one in the column")
        higher = found.pairwise.loc[shares.index, shares.index]
        rows = [
            [_short(case, one), *(None if one == other else share for other, share in row.items())]
            for one, row in higher.iterrows()
        ]
        header = ("Scores higher than", *(_short(case, option) for option in higher))
        page.table(header, rows, (ANY, *[DRAWN] * len(rows)), freeze=False)
    known = found.central_weights.loc[shares.index].dropna()
    if len(known):
        page.part("Central weights: the mean of the weights under which an option ranks first")
        rows = [[case.criteria.at[leaf, "name"], *known[leaf]] for leaf in known.columns]
        header = ("Weight of", *(_short(case, option) for option in known.index))
        page.table(header, rows, (ANY, *[WEIGHT] * len(known)), freeze=False)


def _ways(stress: pd.DataFrame, case: Case) -> tuple[tuple[str, ...], list[list[object]], tuple[str, ...]]:
    """Header, rows and number formats of `ways_to_draw.stress`."""
    rows: list[list[object]] = [
        [choice, row["leader_share"], _short(case, row["runner_up"]), row["runner_up_share"]]
        for choice, row in stress.iterrows()
    ]
    leader = _short(case, stress.attrs["leader"])
    return ("Drawn", f"{leader} first", "Next most often first", "In what share"), rows, (ANY, DRAWN, ANY, DRAWN)


def sensitivity(book: Book, study: Study) -> None:
    """What would change the leader: the nearest flip, each weight's range, each score's, other methods, evidence."""
    if study.fragility is None:
        return
    case, tests = study.case, study.fragility
    name = case.criteria["name"]
    page = book.page(
        "sensitivity",
        wording.flips(tests, case),
        f"{AS_EXPORTED} Verdict: {tests.verdict.word}. {tests.verdict.rule}",
        (40, 26, 15, 15, 15, 34, 34, 15),
    )
    page.part("How far each weight can move by itself, the others keeping their ratios, before another option leads")
    rows: list[list[Any]] = [
        [
            name[criterion],
            None,
            row["current"],
            row["low"],
            row["high"],
            _who(case, row["below"]),
            _who(case, row["above"]),
            row["note"],
        ]
        for criterion, row in tests.stability.iterrows()
    ]
    header: tuple[str, ...] = (
        "Weight of",
        "",
        "Now",
        "Leader stays from",
        "to",
        "Below it, leads",
        "Above it, leads",
        "Note",
    )
    page.table(header, rows, (ANY, ANY, SHARE, SHARE, SHARE), freeze=False)
    if tests.flip.challenger:
        page.part("The smallest change of all weights together that changes the leader")
        rows = [
            [name[leaf], None, tests.flip.weights[leaf] - change, tests.flip.weights[leaf], change]
            for leaf, change in tests.flip.changes.items()
        ]
        page.table(("Leaf", "", "Weight now", "At the change", "Moved"), rows, (ANY, ANY, *[WEIGHT] * 3), freeze=False)
    page.part("Scores that could change the leader, nearest first")
    known = tests.switches.dropna(subset=["switch"])
    nearest = known.assign(size=known["change"].abs()).sort_values(["within_range", "size"], ascending=[False, True])
    rows = [
        [
            name[leaf],
            _short(case, option),
            row["likely"],
            row["switch"],
            row["change"],
            _who(case, row["new_leader"]),
            None,
            "within its range" if row["within_range"] else "",
        ]
        for (option, leaf), row in nearest.head(40).iterrows()
    ]
    header = ("Score on", "of option", "Likely", "Leader changes at", "Change", "Then leads", "", "Low-high range")
    page.table(header, rows, (ANY, ANY, "0.0", "0.00", "+0.00;-0.00"), freeze=False)
    if len(nearest) > 40:
        page.across(f"The nearest 40 of {len(nearest)} are shown.", QUIET)
    _methods(page, study)
    worth = tests.evidence[tests.evidence["value"] > 0].head(20)
    if len(worth):
        page.part("What settling all that rests on an item of evidence would be worth, in value points")
        rows = [
            [str(item), None, row["value"], row["probability"], row["scores"], _who(case, row["switches_to"])]
            for item, row in worth.iterrows()
        ]
        header = ("Evidence", "", "Worth, points", "Choice changes", "Scores on it", "Mostly to")
        page.table(header, rows, (ANY, ANY, "0.0000", DRAWN), freeze=False)


def _methods(page: Page, study: Study) -> None:
    tests, case = study.fragility, study.case
    if tests is None or tests.methods is None:
        return
    page.part(wording.methods_agree(tests, case))
    columns = ["Method", "Family", "Kendall tau-b", "Weighted Spearman", "", "Leads"]
    shown = methods_table(tests.methods, case).reindex(columns=columns).astype(object)
    page.table(columns, shown.where(shown.notna(), None).values, (ANY, ANY, "0.00", "0.00"), freeze=False)
    page.across(wording.methods_apart(tests, case) or "Every method puts the same option first.", QUIET)


def profiles(book: Book, study: Study) -> None:
    """The rank of each option under each weight profile, and the points and reasons of each profile."""
    case, ranks = study.case, study.profile_ranks
    if ranks.empty or not len(ranks.columns):
        return
    page = book.page(
        "profiles",
        wording.agreement(study.by_profile, case) or "Ranks under each profile",
        AS_EXPORTED,
        (44, *[12] * max(len(ranks.columns), 4), 90),
    )
    rows = [
        [_short(case, option), *(None if pd.isna(rank) else int(rank) for rank in row)]
        for option, row in zip(ranks.index, ranks.itertuples(index=False), strict=True)
    ]
    page.table(("Rank under", *map(titled, ranks.columns)), rows)
    page.part("Swing points of every profile, and why")
    last = page.columns
    blank = [""] * (last - 6)
    header: tuple[str, ...] = ("Criterion", "Profile", "Low", "Likely", "High", *blank, "Why")
    rows = [
        [
            case.criteria.at[criterion, "name"],
            titled(profile),
            row["low"],
            row["likely"],
            row["high"],
            *blank,
            row["rationale"],
        ]
        for (profile, criterion), row in case.points.iterrows()
    ]
    page.table(header, rows, freeze=False)


def findings(book: Book, study: Study) -> None:
    """What a reviewer of the case should know."""
    count = len(study.findings)
    title = f"{count} point{'' if count == 1 else 's'} a reviewer of this case should know" if count else "No findings"
    page = book.page("findings", title, "Departures from good practice, and whose practice it is.", (24, 70, 60, 50))
    page.table(
        ("Code", "Finding", "Where", "Standard"), study.findings[["code", "finding", "place", "standard"]].values
    )


def inputs(book: Book, study: Study) -> None:
    """The case, its options and criteria, screens and assumptions; scores and weights have their own sheets."""
    case = study.case
    about = case.about
    page = book.page(
        "inputs",
        about.title,
        "What was put in. Scores and swing points stand on sheets of their own.",
        (30, 44, 50, 50, 46, 46, 10, 12, 44),
    )
    told = (
        ("Question", about.question),
        ("Decision maker", about.decision_maker),
        ("As of", about.as_of.isoformat() if about.as_of else "latest judgements"),
        ("Authors", joined(about.authors) if about.authors else ""),
        ("Disclaimer", about.disclaimer),
    )
    for what, said in told:
        if said:
            put(page.sheet.cell(page.row, 1), what, font=BOLD)
            page.sheet.merge_cells(start_row=page.row, end_row=page.row, start_column=2, end_column=4)
            put(page.sheet.cell(page.row, 2), said)
            page.sheet.row_dimensions[page.row].height = 13 * (1 + len(said) // 130) + 2
            page.row += 1
    page.part("Options")
    columns: tuple[str, ...] = (
        "name",
        "description",
        "mechanism",
        "risk",
        "mitigation",
        "effort",
        "time_to_effect",
        "evidence",
    )
    header: tuple[str, ...] = (
        "Id",
        "Option",
        "What it means",
        "How it works",
        "Main risk",
        "What would lessen it",
        "Effort, of 10",
        "Months to effect",
        "Evidence",
    )
    page.table(header, _cells(case.options, columns), freeze=False)
    page.part("Criteria")
    columns = ("name", "question", "worst_means", "best_means", "unit", "worst", "best", "shape")
    header = (
        "Id",
        "Criterion",
        "Question",
        "Worth 0 means",
        "Worth 100 means",
        "Unit",
        "Worst",
        "Best",
        "Bent through",
    )
    page.table(header, _cells(case.criteria, columns), freeze=False)
    if len(case.screens):
        page.part("Screens: what fails one stays visible, with its reason, and is not ranked")
        rows = [
            [option, screen, row["reason"], "; ".join(row["evidence"]), row["passes"]]
            for (option, screen), row in case.screens.iterrows()
        ]
        page.table(("Option", "Screen", "Why", "Evidence", "Passes"), rows, freeze=False)
    if len(case.assumptions):
        page.part("Assumptions")
        columns = ("statement", "signpost", "shaping", "hedge", "evidence", "load_bearing", "vulnerable")
        header = (
            "Id",
            "Assumption",
            "Sign that it fails",
            "What would make it hold",
            "If it fails",
            "Evidence",
            "Load-bearing",
            "Vulnerable",
        )
        page.table(header, _cells(case.assumptions, columns), freeze=False)


def evidence(book: Book, study: Study) -> None:
    """Every item of evidence known on the case's date."""
    case = study.case
    if case.evidence.empty:
        return
    page = book.page(
        "evidence",
        f"{len(case.evidence)} items of evidence from {case.evidence['source'].nunique()} public sources",
        "Credibility of the item: 1 (confirmed) to 5; 6 cannot be judged. The reliability of its source, on the sheet "
        "sources, is graded apart; the two are never averaged.",
        (30, 70, 26, 14, 12, 12, 14),
    )
    columns = ("claim", "source", "where", "happened", "credibility", "status")
    page.table(
        ("Item", "Claim, in our words", "Source", "Where", "Happened", "Credibility", "Status"),
        _cells(case.evidence, columns),
    )


def sources(book: Book, study: Study) -> None:
    """The sources of the evidence, with their grades."""
    case = study.case
    used = case.sources[case.sources.index.isin(case.evidence["source"])]
    if used.empty:
        return
    page = book.page(
        "sources",
        f"{len(used)} public sources, graded for reliability",
        "A (completely reliable) to E; F cannot be judged. Addresses are given as recorded, as plain text.",
        (24, 44, 26, 12, 16, 11, 60, 40),
    )
    columns = ("title", "publisher", "published", "kind", "reliability", "note", "address")
    page.table(
        ("Source", "Title", "Publisher", "Published", "Kind", "Reliability", "Note", "Address"), _cells(used, columns)
    )


def provenance(book: Book, study: Study) -> None:
    """What the file was made from, and how to check that nothing has changed since."""
    page = book.page(
        "provenance",
        "This workbook was made from the inputs named here and can be made again",
        "The command aukus-mcda verify with this file's name says whether the case has changed since and whether "
        "this file was saved again or edited.",
        (34, 120),
    )
    page.table(("What", "Which"), [list(pair) for pair in study.provenance.items()])


def _cells(frame: pd.DataFrame, columns: Sequence[str]) -> Iterable[list[Any]]:
    for label, row in frame.iterrows():
        yield [str(label), *("; ".join(row[name]) if isinstance(row[name], tuple) else row[name] for name in columns)]


def _short(case: Case, option: Any) -> str:
    return str(case.options.at[option, "short"])


def _who(case: Case, options: object) -> str:
    """Short names of options joined by ``;``."""
    ids = str(options).split(";") if options and not pd.isna(options) else ()
    return joined(_short(case, option) for option in ids if option in case.options.index)
