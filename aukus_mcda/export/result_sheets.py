"""The sheets of results: what was computed for the exported weights, each left out where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..analysis import Study
from ..case import Case
from ..perspectives import future_names
from ..story import about_futures, capital_wording, methods_table, package_wording, wording
from ..text import joined, titled
from ..uncertainty import drawn
from .sheets import ANY, AS_DRAWN, AS_SCORE, AS_SHARE, AS_WEIGHT, Book, BookPage

AS_EXPORTED = "Computed for the weights and scores as exported; it does not follow a change on the sheet weights."
AS_ERROR = "0.0000"
MOST_SWITCHES, MOST_EVIDENCE, MOST_PACKAGES = 40, 20, 200
"""Rows shown; nobody reads further."""
MAY_BREACH = 0.0005
"""A probability of breach below this is left out, unless the likely score is beyond the line."""


def acceptability_sheet(book: Book, study: Study) -> None:
    """In what share of the draws each option takes each rank, and the weights that speak for it."""
    case, acceptability, tests = study.case, study.acceptability, study.fragility
    if tests is None or acceptability is None:
        return
    short = case.options["short"]
    shares = acceptability.rank_acceptability
    shares = shares.sort_values(list(shares.columns), ascending=False)
    order = shares.index
    error = 100 * acceptability.standard_error["rank_acceptability"].to_numpy().max()
    page = book.page(
        "acceptability",
        wording.how_sure(tests, study.ranking, case),
        f"{AS_EXPORTED} Shares of {acceptability.draws:,} draws of {wording.drawn_as(case, study.ranking.weights)} "
        f"(seed {study.seed}); not the chance that an option is right. Largest standard error: {error:.1g} %.",
        (34, *[16] * len(shares.columns)),
    )
    first = page.row + 1
    _crossed(page, "", "Share of draws at rank", shares.rename(index=short), AS_DRAWN)
    page.shade(first, len(shares.columns))
    intervals = acceptability.interval.loc[order].join(study.ranking.table[["least", "greatest"]])
    page.listing(
        "Scores: the interval that 90 % of the draws lie in, and the envelope of all judgements at one end",
        ["Score of", "5 % of draws below", "5 % of draws above", "Envelope: all low", "Envelope: all high"],
        _rows(intervals, "option low high least greatest", case),
        (ANY, *[AS_SCORE] * 4),
    )
    if len(tests.stress):
        page.listing(
            "How often the leader ranks first when errors, ranges or weights are drawn in another way",
            ["Drawn", f"{short[tests.stress.attrs['leader']]} first", "Next most often first", "In what share"],
            _rows(tests.stress, "choice leader_share runner_up runner_up_share", case),
            (ANY, AS_DRAWN, ANY, AS_DRAWN),
        )
    if acceptability.pairwise is not None:
        higher = acceptability.pairwise.loc[order, order].astype(object)
        for option in order:
            higher.loc[option, option] = None
        title = "How often the option in the row scores higher than the one in the column"
        _crossed(page, title, "Scores higher than", higher.rename(index=short, columns=short), AS_DRAWN)
    central = acceptability.central_weights.loc[order].dropna().T
    if len(central.columns):
        title = "Central weights: the mean of the weights under which an option ranks first"
        central = central.rename(index=case.criteria["name"], columns=short)
        _crossed(page, title, "Weight of", central, AS_WEIGHT)


def sensitivity_sheet(book: Book, study: Study) -> None:
    """What would change the leader: the nearest flip, each weight's range, each score's, other methods, evidence."""
    case, tests = study.case, study.fragility
    if tests is None:
        return
    page = book.page(
        "sensitivity",
        wording.min_shift(tests, case),
        f"{AS_EXPORTED} Verdict: {tests.verdict.word}. {tests.verdict.rule}",
        (40, 26, 15, 15, 15, 34, 34, 15),
    )
    page.listing(
        "How far each weight can move by itself, the others keeping their ratios, before another option leads",
        ["Weight of", "", "Now", "Leader stays from", "to", "Below it, leads", "Above it, leads", "Note"],
        _rows(tests.stability, "criterion - current low high below above note", case),
        (ANY, ANY, AS_SHARE, AS_SHARE, AS_SHARE),
    )
    if tests.flip.challenger:
        moved = tests.flip.changes.rename("change").rename_axis("criterion").to_frame()
        moved["then"] = tests.flip.weights
        moved["now"] = moved["then"] - moved["change"]
        page.listing(
            "The smallest change of all weights together that changes the leader",
            ["Leaf", "", "Weight now", "At the change", "Moved"],
            _rows(moved, "criterion - now then change", case),
            (ANY, ANY, *[AS_WEIGHT] * 3),
        )
    known = tests.switches.dropna(subset=["switch"])
    nearest = known.assign(size=known["change"].abs()).sort_values(["within_range", "size"], ascending=[False, True])
    nearest["range"] = nearest["within_range"].map({True: "within its range", False: ""})
    page.listing(
        "Scores that could change the leader, nearest first",
        ["Score on", "of option", "Likely", "Leader changes at", "Change", "Then leads", "", "Low-high range"],
        _rows(nearest.head(MOST_SWITCHES), "criterion option likely switch change new_leader - range", case),
        (ANY, ANY, "0.0", "0.00", "+0.00;-0.00"),
    )
    if len(nearest) > MOST_SWITCHES:
        page.remark(f"The nearest {MOST_SWITCHES} of {len(nearest)} are shown.")
    if tests.methods is not None:
        headings = ["Method", "Family", "Kendall tau-b", "Weighted Spearman", "", "Leads"]
        table = methods_table(tests.methods, case).reindex(columns=headings)
        rows = table.itertuples(index=False, name=None)
        page.listing(wording.methods_agree(tests, case), headings, rows, (ANY, ANY, "0.00", "0.00"))
        page.remark(wording.methods_apart(tests, case) or "Every method puts the same option first.")
    worth = tests.evidence[tests.evidence["value"] > 0].head(MOST_EVIDENCE)
    if len(worth):
        page.listing(
            "What settling all that rests on an item of evidence would be worth, in value points",
            ["Evidence", "", "Worth, points", "Choice changes", "Scores on it", "Mostly to"],
            _rows(worth, "evidence - value probability scores switches_to", case),
            (ANY, ANY, "0.0000", AS_DRAWN),
        )


def profiles_sheet(book: Book, study: Study) -> None:
    """The rank of each option under each weight profile, and the points and reasons of each profile."""
    case, ranks = study.case, study.profile_ranks
    if ranks.empty or not len(ranks.columns):
        return
    title = wording.profiles_agree(study.by_profile, case) or "Ranks under each profile"
    page = book.page("profiles", title, AS_EXPORTED, (44, *[12] * max(len(ranks.columns), 4), 90))
    _crossed(page, "", "Rank under", ranks.rename(index=case.options["short"], columns=titled), ANY)
    blank = page.columns - 6
    page.listing(
        "Swing points of every profile, and why",
        ["Criterion", "Profile", "Low", "Likely", "High", *[""] * blank, "Why"],
        _rows(case.points, f"criterion profile low likely high {'empty ' * blank} rationale", case),
    )


def capitals_sheet(book: Book, study: Study) -> None:
    """Who leads in each capital, what each option would cost it, how far they stand apart, and their red lines."""
    case, capitals = study.case, study.capitals
    if capitals is None:
        return
    short, names = case.options["short"], list(capitals.names)
    sentences = capital_wording.together(capitals, case)
    wide = max(7, len(names) + 2)
    note = f"{AS_EXPORTED} {sentences[0]} {sentences[-1]}"
    page = book.page("capitals", sentences[2], note, (34, 26, *[16] * (wide - 2), 60), shown=wide)
    rankings = {titled(name): capitals.rankings[name] for name in names}
    leads = pd.DataFrame(
        {
            "Leads there": [joined(short[list(ranking.leaders)]) for ranking in rankings.values()],
            "Ahead by, points": [wording.lead(ranking) for ranking in rankings.values()],
        },
        index=list(rankings),
    )
    if capitals.acceptability:
        leads["Ranks first in draws"] = [capital_wording.first_share(capitals, name) for name in names]
    page.listing("", ["Capital", *leads.columns], leads.itertuples(name=None), (ANY, ANY, AS_SCORE, AS_DRAWN))
    regrets = capitals.regrets.sort_values("worst", kind="stable")[["worst", *names]].rename(index=short)
    title = "Points of 100 by which each option is behind each capital's own leader, the least at worst first"
    _crossed(page, title, "Option", regrets.set_axis(["At worst", *rankings], axis=1), AS_SCORE)
    shifts = capitals.shifts.table[["total", *names]].rename(index=short)
    title = "The share of its weight each capital would have to move for an option to lead everywhere; blank: never"
    _crossed(page, title, "Option", shifts.set_axis(["All together", *rankings], axis=1), AS_SHARE)
    page.listing(
        "How far each two capitals stand apart: the share of the weight placed elsewhere, and their orders",
        ["Capital", "And", "Weight placed elsewhere", "Kendall tau-b"],
        _rows(capitals.distances, "one other weights tau_b", case),
        (ANY, ANY, AS_SHARE, "0.00"),
    )
    if len(capitals.red_lines.table):
        _red_lines(page, capitals.red_lines.table, case, wide - 6)


def _red_lines(page: BookPage, table: pd.DataFrame, case: Case, blank: int) -> None:
    shown = table[~table["screened"] & (table["breaches"] | (table["probability"] >= MAY_BREACH))].reset_index()
    evidence = [f" [{'; '.join(items)}]" if items else "" for items in shown["evidence"]]
    shown["line"] = shown["profile"].map(titled) + ": " + shown["criterion"].map(case.criteria["name"])
    shown["why"] = shown["reason"] + evidence
    headings = ["Red line", "Option", "Least value", "Value", "Breaches", "Probability of a breach", *[""] * blank]
    page.listing(
        "Red lines: the options that breach one at the likely scores, or may",
        [*headings, "Why it is drawn"],
        _rows(shown, f"line option least_value value breaches probability {'empty ' * blank} why", case),
        (ANY, ANY, AS_SCORE, AS_SCORE, ANY, AS_DRAWN),
    )
    if shown.empty:
        page.remark("None.")


def futures_sheet(book: Book, study: Study) -> None:
    """How each option fares in each future, when today's leader fails, and what would announce each future."""
    case, futures = study.case, study.futures
    if futures is None:
        return
    note = f"{AS_EXPORTED} {about_futures.counted(futures, case)}"
    widths = (34, *[20] * max(7, len(futures.names)))
    page = book.page("futures", about_futures.leads_in_futures(futures, case), note, widths)
    fares = futures.summary.sort_values(["greatest_regret", "within"], ascending=[True, False], kind="stable")
    fares["worst_future"] = fares["worst_future"].map(futures.names).fillna("")
    headings = ["Option", "Leads in", "Of futures", "Gives up at most, points", "In the future", "Worst score"]
    columns = "option first_in of greatest_regret worst_future least_score"
    tables = [
        ("Score of each option in each future, on the likely scores", futures.scores, AS_SCORE),
        ("Points each option gives up beside the best of each future", futures.regret, AS_SCORE),
    ]
    if drawn(case, study.ranking.weights):
        near = f"Within {futures.margin:g} points of the best, of futures and draws"
        headings += ["Leads, of futures and draws", near]
        columns += " leads within"
        tables.append(("Share of the draws in which each option leads, in each future", futures.leads, AS_DRAWN))
    formats = (ANY, ANY, ANY, AS_SCORE, ANY, AS_SCORE, AS_DRAWN, AS_DRAWN)
    page.listing("", headings, _rows(fares, columns, case), formats)
    for title, table, number_format in tables:
        named = table.loc[fares.index].rename(index=case.options["short"], columns=futures.names)
        _crossed(page, title, "Option", named, number_format)
    page.title(about_futures.failing(futures, case))
    signs = futures.signposts[futures.signposts["statement"] != ""]
    if len(signs):
        signs = signs.assign(future=signs["future"].map(futures.names), items=signs["evidence"].str.replace(";", "; "))
        page.listing(
            "What would announce each future: assumptions that rest on the same evidence",
            ["Future", "Assumption", "Load-bearing", "Vulnerable", "Signpost to watch", "If it fails", "Evidence"],
            _rows(signs, "future statement load_bearing vulnerable signpost hedge items", case),
        )


def uncertainty_sheet(book: Book, study: Study) -> None:
    """Where the uncertainty about who leads comes from, and who leads how often, by method and by future."""
    case, joint = study.case, study.joint
    if joint is None:
        return
    page = book.page(
        "uncertainty",
        about_futures.comes_from(joint, case),
        f"{AS_EXPORTED} {about_futures.how_read(joint, case)} {about_futures.varied(joint, case)}",
        (34, *[15] * max(7, len(joint.methods), len(joint.futures))),
    )
    effects = joint.effects.where(joint.effects["varied"]).assign(varied=joint.effects["varied"])
    goes, stays, share = "Goes when it alone is known", "Stays when all others are known", "Share, shared out evenly"
    error = "Standard error"
    page.listing(
        "",
        ["Source", "Varied", goes, error, stays, error, share, error],
        _rows(
            effects.rename(index=str.capitalize),
            "factor varied main main_error total total_error share share_error",
            case,
        ),
        (ANY, ANY, *[AS_SHARE, AS_ERROR] * 3),
    )
    leads = joint.leads.sort_values(ascending=False, kind="stable")
    rows = _rows(leads.to_frame("leads"), "option leads", case)
    page.listing("How often each option leads, over all combinations", ["Option", "Leads"], rows, (ANY, AS_DRAWN))
    by_future = joint.by_future.rename(columns=future_names(case))
    for title, table in (("By way of ranking", joint.by_method), ("By future", by_future)):
        if len(table.columns) > 1:
            _crossed(page, title, "Option", table.loc[leads.index].rename(index=case.options["short"]), AS_DRAWN)
    for method, reason in joint.left_out.items():
        page.remark(f"Not used: {method}. {reason}")


def packages_sheet(book: Book, study: Study) -> None:
    """Which options good packages hold, the best one in phases, what limits it, and the packages themselves."""
    case, packages = study.case, study.packages
    if packages is None:
        return
    page = book.page(
        "packages",
        f"{package_wording.in_good_packages(packages, case)}.",
        f"{AS_EXPORTED} {package_wording.best_package(packages, case)} {package_wording.how_many(packages, case)} "
        "Scores, and what options gain from each other, are judgements.",
        (34, *[15] * 6, 70),
    )
    options = packages.options.sort_values(["share", "core_index"], ascending=False, kind="stable")
    options["status"] = options["status"].map(package_wording.STATUS).where(options["proven"], "not settled")
    often = ["In the best package, of draws", "Standard error"] if options["share"].notna().any() else ["", ""]
    page.listing(
        "",
        ["Option", "Of the good packages", "That is", *often, "", "", "Why it is left out"],
        _rows(options, "option core_index status share standard_error - - reason", case),
        (ANY, AS_DRAWN, ANY, AS_DRAWN, AS_ERROR),
    )
    now, later = packages.horizons
    page.listing(
        f"The best package in phases: now within {now:g} months, next within {later:g}",
        ["Option", "Phase", "Starts in month", "Takes effect in month", "Effort", "", "", "Waits for"],
        _rows(packages.phases, "option phase starts effect effort - - waits_for", case),
    )
    page.listing(
        package_wording.binding(packages),
        ["Resource", "Limit", "Used by the best", "Left", "Binds", "One more adds, points", "No limit adds, points"],
        _rows(packages.limits, "resource limit used slack binds one_more without", case),
        (*[ANY] * 5, AS_SCORE, AS_SCORE),
    )
    breaches = packages.breaches[packages.breaches["option"].isin(packages.best)]
    if len(breaches):
        why = breaches["criterion"].map(case.criteria["name"]) + ": " + breaches["reason"]
        page.listing(
            "Options of the best package that breach a red line by themselves",
            ["Option", "Capital", "Value", "Least value", "", "", "", "Why the line is drawn"],
            _rows(breaches.assign(why=why), "option profile value least_value - - - why", case),
            (ANY, ANY, AS_SCORE, AS_SCORE),
        )
    frontier = packages.frontier
    if len(frontier):
        limits = [f"Effort up to {effort:g}" for effort in frontier["effort"]]
        rows = _rows(frontier.assign(limit=limits), "limit value - - - - - options", case)
        page.listing(
            "The best package for each effort, other limits kept: points over the baseline",
            ["Limit", "Value", *[""] * 5, "Options"],
            [(*cells, options or "nothing") for *cells, options in rows],
            (ANY, AS_SCORE),
        )
    count = len(packages.nondominated)
    shown = packages.nondominated.head(MOST_PACKAGES).rename(index="Package {}".format)
    often = ["The best, of draws"] if packages.nondominated["best"].notna().any() else [""]
    page.listing(
        "Packages that no other beats under all scores and weights that are possible, the greatest value first",
        ["Package", "Effort", "Value", "Least", "Greatest", *often, "", "Options"],
        _rows(shown, "package effort value least greatest best - options", case),
        (ANY, ANY, AS_SCORE, AS_SCORE, AS_SCORE, AS_DRAWN),
    )
    if count > MOST_PACKAGES:
        page.remark(f"The first {MOST_PACKAGES} of {count} are shown.")


def _crossed(page: BookPage, title: str, corner: str, table: pd.DataFrame, number_format: str) -> None:
    """A table as it stands, under its own labels, with one number format."""
    formats = (ANY, *[number_format] * len(table.columns))
    page.listing(title, [corner, *map(str, table.columns)], table.itertuples(name=None), formats)


def _rows(table: pd.DataFrame, columns: str, case: Case) -> Sequence[tuple[Any, ...]]:
    """Rows of a table's columns and labels, ids as names, yes and no in words; ``-`` is blank, ``empty`` empty text."""
    short = case.options["short"]

    def options(ids: object) -> str:
        each = ids.split(";") if isinstance(ids, str) else ids
        return joined(short[option] for option in each if option in short) if isinstance(each, list | tuple) else ""

    words: dict[str, Any] = {"option": short, "runner_up": short, "criterion": case.criteria["name"]}
    words |= dict.fromkeys(("profile", "one", "other"), titled)
    words |= dict.fromkeys(("below", "above", "new_leader", "switches_to", "waits_for", "options"), options)
    yes = {True: "yes", False: "no", "yes": "yes", "no": "no"}
    words |= dict.fromkeys(("breaches", "load_bearing", "vulnerable", "varied", "binds"), yes)
    table = table.reset_index().assign(empty="")
    named = {name: table[name].map(words[name]) for name in table.columns if name in words}
    return list(table.assign(**named).reindex(columns=columns.split()).itertuples(index=False, name=None))
