"""The sheets beyond one ranking: other capitals, futures, where the uncertainty comes from, and packages.

Each is left out where the case has nothing for it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..analysis import Study
from ..case import Case
from ..perspectives import Capitals, Futures, Packages, future_names
from ..story import about_futures, capital_wording, package_wording, wording
from ..text import joined, titled
from ..uncertainty import drawn
from .future_plots import FACTOR_NAMES
from .sheets import ANY, DRAWN, QUIET, SCORE, SHARE, Book, Page
from .told_sheets import AS_EXPORTED

ERROR = "0.0000"
MOST = 200
"""Packages shown; nobody reads further."""
MAY_BREACH = 0.0005
"""A probability of breach below this is left out, unless the likely score is beyond the line."""


def capitals(book: Book, study: Study) -> None:
    """Who leads in each capital, what each option would cost it, how far they stand apart, and their red lines."""
    case, found = study.case, study.capitals
    if found is None:
        return
    short, names = case.options["short"], found.names
    said = capital_wording.together(found, case)
    wide = max(7, len(names) + 2)
    page = book.page(
        "capitals", said[2], f"{AS_EXPORTED} {said[0]} {said[-1]}", (34, 26, *[16] * (wide - 2), 60), shown=wide
    )
    rows: list[list[Any]] = []
    for name in names:
        ranking = found.rankings[name]
        leaders = joined(short[list(ranking.leaders)])
        first = capital_wording.first_share(found, name)
        rows.append([titled(name), leaders, wording.lead(ranking), first])
    header: tuple[str, ...] = ("Capital", "Leads there", "Ahead by, points", "Ranks first in draws")
    kept = 4 if found.acceptability else 3
    page.table(header[:kept], [row[:kept] for row in rows], (ANY, ANY, SCORE, DRAWN)[:kept])
    titles = [titled(name) for name in names]
    page.part("Points of 100 by which each option is behind each capital's own leader, the least at worst first")
    regrets = found.regrets.sort_values("worst", kind="stable")
    rows = [[short[option], row["worst"], *row[list(names)]] for option, row in regrets.iterrows()]
    page.table(("Option", "At worst", *titles), rows, (ANY, *[SCORE] * (len(names) + 1)), freeze=False)
    page.part("The share of its weight each capital would have to move for an option to lead everywhere; blank: never")
    shifts = found.shifts.table
    rows = [[short[option], row["total"], *row[list(names)]] for option, row in shifts.iterrows()]
    page.table(("Option", "All together", *titles), rows, (ANY, *[SHARE] * (len(names) + 1)), freeze=False)
    page.part("How far each two capitals stand apart: the share of the weight placed elsewhere, and their orders")
    rows = [
        [titled(one), titled(other), row["weights"], row["tau_b"]] for (one, other), row in found.distances.iterrows()
    ]
    page.table(
        ("Capital", "And", "Weight placed elsewhere", "Kendall tau-b"), rows, (ANY, ANY, SHARE, "0.00"), freeze=False
    )
    _red_lines(page, found, case, wide)


def _red_lines(page: Page, found: Capitals, case: Case, wide: int) -> None:
    table = found.red_lines.table
    if table.empty:
        return
    page.part("Red lines: the options that breach one at the likely scores, or may")
    table = table[~table["screened"] & (table["breaches"] | (table["probability"] >= MAY_BREACH))]
    blank = [""] * (wide - 6)
    rows = [
        [
            f"{titled(profile)}: {case.criteria.at[criterion, 'name']}",
            case.options.at[option, "short"],
            row["least_value"],
            row["value"],
            _yes(row["breaches"]),
            row["probability"],
            *blank,
            f"{row['reason']} [{'; '.join(row['evidence'])}]" if row["evidence"] else row["reason"],
        ]
        for (profile, criterion, option), row in table.iterrows()
    ]
    header = (
        "Red line",
        "Option",
        "Least value",
        "Value",
        "Breaches",
        "Probability of a breach",
        *blank,
        "Why it is drawn",
    )
    page.table(header, rows, (ANY, ANY, SCORE, SCORE, ANY, DRAWN), freeze=False)
    if not rows:
        page.across("None.", QUIET)


def futures(book: Book, study: Study) -> None:
    """How each option fares in each future, when today's leader fails, and what would announce each future."""
    case, found = study.case, study.futures
    if found is None:
        return
    short = case.options["short"]
    note = f"{AS_EXPORTED} {about_futures.counted(found, case)}"
    page = book.page("futures", about_futures.in_futures(found, case), note, (34, *[20] * max(7, len(found.names))))
    fares = found.summary.sort_values(["greatest_regret", "within"], ascending=[True, False], kind="stable")
    varied = drawn(case, study.ranking.weights)
    kept = 8 if varied else 6
    rows: list[list[Any]] = [
        [
            short[option],
            row["first_in"],
            row["of"],
            row["greatest_regret"],
            found.names.get(row["worst_future"], ""),
            row["least_score"],
            row["leads"],
            row["within"],
        ][:kept]
        for option, row in fares.iterrows()
    ]
    near = f"Within {found.margin:g} points of the best, of futures and draws"
    header = (
        "Option",
        "Leads in",
        "Of futures",
        "Gives up at most, points",
        "In the future",
        "Worst score",
        "Leads, of futures and draws",
        near,
    )[:kept]
    page.table(header, rows, (ANY, ANY, ANY, SCORE, ANY, SCORE, DRAWN, DRAWN)[:kept])
    for title, table, number_format in (
        ("Score of each option in each future, on the likely scores", found.scores, SCORE),
        ("Points each option gives up beside the best of each future", found.regret, SCORE),
        *([("Share of the draws in which each option leads, in each future", found.leads, DRAWN)] if varied else []),
    ):
        page.part(title)
        _by_column(page, table.loc[fares.index], short, found.names, number_format)
    page.part(about_futures.failing(found, case))
    _signposts(page, found)


def _signposts(page: Page, found: Futures) -> None:
    known = found.signposts[found.signposts["statement"] != ""]
    if known.empty:
        return
    page.part("What would announce each future: assumptions that rest on the same evidence")
    rows = [
        [
            found.names[row["future"]],
            row["statement"],
            _yes(row["load_bearing"]),
            _yes(row["vulnerable"]),
            row["signpost"],
            row["hedge"],
            row["evidence"].replace(";", "; "),
        ]
        for _, row in known.iterrows()
    ]
    header = ("Future", "Assumption", "Load-bearing", "Vulnerable", "Signpost to watch", "If it fails", "Evidence")
    page.table(header, rows, freeze=False)


def uncertainty(book: Book, study: Study) -> None:
    """Where the uncertainty about who leads comes from, and who leads how often, by method and by future."""
    case, found = study.case, study.joint
    if found is None:
        return
    short = case.options["short"]
    futures_named = future_names(case)
    page = book.page(
        "uncertainty",
        about_futures.comes_from(found, case),
        f"{AS_EXPORTED} {about_futures.how_read(found, case)} {about_futures.varied(found, case)}",
        (34, *[15] * max(7, len(found.methods), len(found.futures))),
    )
    rows: list[list[Any]] = []
    for factor, row in found.effects.iterrows():
        shares = row[["main", "main_error", "total", "total_error", "share", "share_error"]]
        rows.append([FACTOR_NAMES[str(factor)], _yes(row["varied"]), *(shares if row["varied"] else [None] * 6)])
    header = (
        "Source",
        "Varied",
        "Goes when it alone is known",
        "Standard error",
        "Stays when all others are known",
        "Standard error",
        "Share, shared out evenly",
        "Standard error",
    )
    page.table(header, rows, (ANY, ANY, SHARE, ERROR, SHARE, ERROR, SHARE, ERROR))
    page.part("How often each option leads, over all combinations")
    leads = found.leads.sort_values(ascending=False, kind="stable")
    page.table(
        ("Option", "Leads"), [[short[option], share] for option, share in leads.items()], (ANY, DRAWN), freeze=False
    )
    for title, table, names in (
        ("By way of ranking", found.by_method, pd.Series({method: method for method in found.methods})),
        ("By future", found.by_future, futures_named),
    ):
        if len(table.columns) > 1:
            page.part(title)
            _by_column(page, table.loc[leads.index], short, names, DRAWN)
    for method, reason in found.left_out.items():
        page.across(f"Not used: {method}. {reason}", QUIET)


def packages(book: Book, study: Study) -> None:
    """Which options good packages hold, the best one in phases, what limits it, and the packages themselves."""
    case, found = study.case, study.packages
    if found is None:
        return
    short, held = case.options["short"], package_wording.STATUS
    page = book.page(
        "packages",
        f"{package_wording.in_good_packages(found, case)}.",
        f"{AS_EXPORTED} {package_wording.best_package(found, case)} {package_wording.how_many(found, case)} "
        "Scores, and what options gain from each other, are judgements.",
        (34, *[15] * 6, 70),
    )
    among = found.options.sort_values(["share", "core_index"], ascending=False, kind="stable")
    drawn = among["share"].notna().any()
    rows: list[list[Any]] = [
        [
            short[option],
            row["core_index"],
            held[row["status"]] if row["proven"] else "not settled",
            *(row[["share", "standard_error"]] if drawn else (None, None)),
            None,
            None,
            row["reason"],
        ]
        for option, row in among.iterrows()
    ]
    often = ("In the best package, of draws", "Standard error") if drawn else ("", "")
    header: tuple[str, ...] = ("Option", "Of the good packages", "That is", *often, "", "", "Why it is left out")
    page.table(header, rows, (ANY, DRAWN, ANY, DRAWN, ERROR))
    page.part(f"The best package in phases: now within {found.horizons[0]:g} months, next within {found.horizons[1]:g}")
    rows = [
        [
            short[option],
            row["phase"],
            row["starts"],
            row["effect"],
            row["effort"],
            None,
            None,
            joined(short[row["waits_for"].split(";")]) if row["waits_for"] else "",
        ]
        for option, row in found.phases.iterrows()
    ]
    header = ("Option", "Phase", "Starts in month", "Takes effect in month", "Effort", "", "", "Waits for")
    page.table(header, rows, (ANY, ANY, ANY, ANY, ANY), freeze=False)
    page.part(package_wording.binding(found))
    rows = [
        [str(resource), row["limit"], row["used"], row["slack"], _yes(row["binds"]), row["one_more"], row["without"]]
        for resource, row in found.limits.iterrows()
    ]
    header = (
        "Resource",
        "Limit",
        "Used by the best",
        "Left",
        "Binds",
        "One more adds, points",
        "No limit adds, points",
    )
    page.table(header, rows, (ANY, ANY, ANY, ANY, ANY, SCORE, SCORE), freeze=False)
    _lists(page, found, case)


def _lists(page: Page, found: Packages, case: Case) -> None:
    """Red lines of single options, the best package for each effort, and the packages that no other beats."""
    short = case.options["short"]
    within = found.breaches[found.breaches["option"].isin(found.best)]
    if len(within):
        page.part("Options of the best package that breach a red line by themselves")
        rows: list[list[Any]] = [
            [
                short[row["option"]],
                titled(row["profile"]),
                row["value"],
                row["least_value"],
                None,
                None,
                None,
                f"{case.criteria.at[row['criterion'], 'name']}: {row['reason']}",
            ]
            for _, row in within.iterrows()
        ]
        header: tuple[str, ...] = ("Option", "Capital", "Value", "Least value", "", "", "", "Why the line is drawn")
        page.table(header, rows, (ANY, ANY, SCORE, SCORE), freeze=False)
    if len(found.frontier):
        page.part("The best package for each effort, other limits kept: points over the baseline")
        rows = [
            [
                f"Effort up to {row['effort']:g}",
                row["value"],
                *[None] * 5,
                joined(short[list(row["options"])]) or "nothing",
            ]
            for _, row in found.frontier.iterrows()
        ]
        page.table(("Limit", "Value", *[""] * 5, "Options"), rows, (ANY, SCORE), freeze=False)
    count = len(found.nondominated)
    page.part("Packages that no other beats under all scores and weights that are possible, the greatest value first")
    rows = [
        [
            f"Package {number}",
            *row[["effort", "value", "least", "greatest", "best"]],
            None,
            joined(short[list(row["options"])]),
        ]
        for number, row in found.nondominated.head(MOST).iterrows()
    ]
    often = "The best, of draws" if found.nondominated["best"].notna().any() else ""
    header = ("Package", "Effort", "Value", "Least", "Greatest", often, "", "Options")
    page.table(header, rows, (ANY, ANY, SCORE, SCORE, SCORE, DRAWN), freeze=False)
    if count > MOST:
        page.across(f"The first {MOST} of {count} are shown.", QUIET)


def _by_column(page: Page, table: pd.DataFrame, short: pd.Series, names: pd.Series, number_format: str) -> None:
    """Options by anything: a column each, under its name."""
    rows = [[short[option], *row] for option, row in table.iterrows()]
    header = ("Option", *(str(names[column]) for column in table.columns))
    page.table(header, rows, (ANY, *[number_format] * len(table.columns)), freeze=False)


def _yes(said: object) -> str:
    return "yes" if said in (True, "yes") else "no"
