# SPDX-License-Identifier: Apache-2.0
"""The ranking: scores with their ranges, why the leader leads, every option, and what other methods say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..form import WRITTEN, Chart, Column, Exhibit, Most, Table, Tone, costs, rest_of, titled_as, why_scored
from ..ranking import METHODS, Ranking, break_points, leave_one_out, rank, sweep
from ..text import UNKNOWN, joined, percent, points
from ..uncertainty import drawn
from ..weights import rank_order
from . import words

if TYPE_CHECKING:
    from ..analysis import Fragility, Study
    from ..uncertainty import Acceptability

WEIGHT_STEPS = 11
"""Shares of weight at which a table shows the ranks."""


def scores_and_shares(case: Case, study: Study, ranking: Ranking, ranked: pd.DataFrame) -> Exhibit:
    """Scores as dots with whiskers, and how often each option ranks first."""
    shown, acceptability = list(ranked.index[: Most.OPTIONS]), study.acceptability
    scores, labels = ranked["score"][shown], words.rank_labels(ranking)[shown]
    digits = labels.str.rstrip("=").str.len()
    labels = (digits.max() - digits).map(lambda lacking: 2 * lacking * "\N{NO-BREAK SPACE}") + labels  # as wide
    columns, low, high = [Column("Score", scores, "score")], list[float](), list[float]()
    line = ""
    if acceptability is not None:
        low, high = (acceptability.interval.loc[shown, end] for end in ("low", "high"))
        columns.append(Column("Ranks first", acceptability.rank_acceptability[1][shown], "share"))
        line = f" Line: 90 of 100 trials of {joined(drawn(case, ranking.weights))} within their ranges."
    if any((cost := costs(case, shown)).texts):
        columns.append(cost)
    labels += "  " + case.options["short"][shown]
    tones: list[Tone] = ["accent" if option in ranking.leaders else "grey" for option in shown]
    axis, ends = "Score (0 worst, 100 best)", words.tens_around([*scores, *low, *high])
    chart = Chart("dots", labels, axis, ends, scores, low, high, columns, tones)
    footnote = f"Dot: the score as judged.{line}"
    pairs = [(each, leaf) for each in shown[:3] for leaf in ranking.contributions.loc[each].nlargest(2).index]
    notes = ["What gives the first three most of their score:", *why_scored(case, pairs)]
    title, unknown = _ranking_title(ranking, acceptability, case), words.what_is_unknown(ranking.unplaced, case)
    return Exhibit(title, _spread(ranking, case), [chart, rest_of(len(ranked) - len(shown)), unknown], footnote, notes)


def _ranking_title(ranking: Ranking, acceptability: Acceptability | None, case: Case) -> str:
    wordings = [words.leading(ranking, case), "One option leads"]
    if len(ranking.leaders) > 1:
        wordings = [f"{wordings[0]} together", "Several options lead together"]
    clause = ""
    if acceptability is not None and len(ranking.ranked) > 1:
        interval = acceptability.interval
        over = interval.drop(index=list(ranking.leaders))["high"] >= interval.at[ranking.leaders[0], "low"]
        which = "every other range" if over.all() else f"{over.sum()} of {len(over)} other ranges"
        clause = f", but {which} {'overlaps' if over.all() or over.sum() == 1 else 'overlap'} the first"
        if not over.any():
            clause = ", clear of every other range"
    return titled_as(*(f"{wording}{clause}" for wording in wordings))


def _spread(ranking: Ranking, case: Case) -> str:
    """By how much the leader leads, and how close together the ranked options lie."""
    scores, gap = ranking.ranked["score"], words.ahead_by(ranking)
    if gap is None:
        return f"It scores {scores.iloc[0]:.1f} of 100; no other option passes the screens."
    behind = f"{words.unrounded(ranking)} ahead of {case.options.at[scores.index[1], 'short']}"
    near = f"{points(gap)}{behind}" if gap else "level with the next"
    spread = float(scores.iloc[0] - scores.iloc[-1])
    apart = f"lie within {points(spread)}" if spread > 1e-9 else "score the same"
    return f"{scores.iloc[0]:.1f} of 100, {near}; all {len(scores)} {apart}."


def reasons(case: Case, compared: Ranking) -> Exhibit:
    """Where each option gains and loses against the status quo, or the average, by top criterion."""
    ranked, unchanged = compared.ranked.index, case.about.status_quo
    parts, name = words.by_root(compared.contributions.loc[ranked], case), case.criteria["name"]
    base, beside, lead = parts.mean(), "the average option", compared.leaders[0]
    if unchanged in ranked and unchanged != lead:
        base, beside = parts.loc[unchanged], "the status quo"
    rows = [each for each in ranked if each != unchanged or each == lead]
    shown = rows[: Most.OPTIONS]
    gain = (parts - base).loc[shown]
    roots = list(gain.abs().sum().sort_values(ascending=False, kind="stable").index)
    kept = [root for root in case.roots if root in roots[: Most.ROOTS if len(roots) <= Most.ROOTS else Most.ROOTS - 1]]
    others = [root for root in roots if root not in kept]
    rest = [Column(f"{len(others)} others", gain[others].sum(axis=1), "points")] if others else []
    whole = Column("In all", gain.sum(axis=1), "points")
    unknown = words.by_root(case.unknown.loc[ranked].astype(int), case)[kept]
    unsure = (unknown + unknown.reindex([unchanged], fill_value=0).iloc[0]).loc[shown] > 0
    marked = gain[kept].map(lambda number: f"{WRITTEN['points'](number)} {UNKNOWN}")
    parted = gain[kept].astype(object).mask(unsure, marked).rename(columns=lambda root: _avoided(case, root))
    mark = f" {UNKNOWN}: rests on a score that is not known." if unsure.to_numpy().any() else ""
    table = Table.heat(Column.options(case, shown), parted, "points", *rest, whole, strong=compared.leaders)
    first, gained = case.options.at[lead, "short"], gain.loc[lead].sort_values(ascending=False, kind="stable")
    price = f"; it gives up {points(-gained.iloc[-1])} on {name[gained.index[-1]]}" if gained.iloc[-1] < -0.05 else ""
    title, figures = f"{first} differs little from {beside}", ""
    if gained.iloc[0] > 0.05:
        title = f"{first} gains most on {_avoided(case, gained.index[0])}"
        figures = f"{points(gained.iloc[0])} more there than {beside}{price}."
    ends = [shown[0], shown[-1]]
    apart = compared.contributions.loc[ends].diff().iloc[-1].abs()
    far = [(each, leaf) for leaf in apart.nlargest(3).index for each in ends]
    title = titled_as(title, "Where the first option gains")
    footnote = f"Value points beside {beside}, weights included. Where less is better, less counts as a gain.{mark}"
    differ = f"Where {words.short(case, ends[:1])} and {words.short(case, ends[1:])} differ most:"
    blocks = table, rest_of(len(rows) - len(shown))
    return Exhibit(title, figures, blocks, footnote, [differ, *why_scored(case, far)])


def _avoided(case: Case, root: str) -> str:
    """A top criterion as a heading of what is gained: of a risk, that it is avoided."""
    name = str(case.criteria.at[root, "name"])
    less = case.criteria.loc[words.leaves_under(case, root), "direction"] == "min"
    return f"{name} avoided" if less.all() and name.lower().endswith("risk") else name


def whole_ranking(study: Study, case: Case, ranking: Ranking) -> Exhibit:
    """Every option with its score, range and share of first ranks; below, why an option is out."""
    table, acceptability, drawn_columns, drawn_from = ranking.table, study.acceptability, list[Column](), ""
    if acceptability is not None:
        interval = acceptability.interval.reindex(table.index)
        drawn_columns = [
            Column("Lowest of 90 %", interval["low"], "score"),
            Column("Highest of 90 %", interval["high"], "score"),
            Column("Ranks first", acceptability.rank_acceptability[1].reindex(table.index), "share"),
        ]
        drawn_from = f"Shares and ranges are of {acceptability.draws:,} trials."
    whole = Table.of(
        Column("Rank", words.rank_labels(ranking), share=0.6),
        Column("Option", table["name"], share=4),
        Column("Score", table["score"], "score"),
        *drawn_columns,
        costs(case, table.index),
    )
    why_out = [f"{words.short(case, [out])}: screened out. {reason}" for out, reason in case.screened.items()]
    title = f"{words.counted(len(table), 'option', sentence=True)}, ranked by score"
    return Exhibit(title, drawn_from, [whole.filled(), *why_out])


def every_rank(case: Case, ranking: Ranking, acceptability: Acceptability) -> Exhibit:
    """In how many of 100 trials each option takes each rank."""
    shares = acceptability.rank_acceptability
    shown, ranks = list(ranking.ranked.index[: Most.OPTIONS]), list(shares.columns[: Most.OPTIONS])
    counts = (100 * shares.loc[shown, ranks]).round().replace(0, math.nan)
    table = Table.heat(Column.options(case, shown), counts, "count", strong=ranking.leaders)
    among = words.trials(float(shares.loc[shown[0], ranks[:3]].sum()))
    title = f"{case.options.at[shown[0], 'short']} is among the first three in {among}"
    title = titled_as(title, "How often each option takes each rank")
    footnote = "In how many of 100 trials each option takes each rank; blank: fewer than one."
    return Exhibit(title, "", [table, rest_of(len(shares) - len(shown))], footnote)


def other_methods(case: Case, ranking: Ranking, fragility: Fragility) -> Exhibit:
    """Who leads by each cross-check method, and how alike the orders are."""
    comparison = fragility.methods
    if comparison is None:
        return Exhibit("The options score alike: other methods have nothing to rank by")
    ranks, agreement = comparison.ranks, comparison.agreement
    methods = [method for of_family in comparison.families["methods"] for method in of_family]
    first = pd.Series({method: tuple(ranks.index[ranks[method] == 1]) for method in ["additive", *methods]})
    table = Table.of(
        Column("Method", [words.method_name(method) for method in methods], share=2),
        Column("Family", [METHODS[method].family for method in methods], share=2),
        Column("Puts first", [words.short(case, options) for options in first[methods]], share=3),
        Column("Kendall tau-b", agreement.loc[methods, "kendall_tau_b"], "correlation", 1.5),
        Column("Weighted Spearman", agreement.loc[methods, "weighted_spearman"], "correlation", 1.5),
    ).filled()
    others = first[first != first["additive"]].groupby(first, sort=False)
    apart = [(list(map(words.method_name, by.index)), options) for options, by in others]
    clauses = [f"{joined(by)} {words.verb(len(by), 'put')} {words.short(case, options)} first" for by, options in apart]
    title = "No method of another family can rank these options"
    if comparison.leads_in is not None:
        wins, count = comparison.leads_in
        families = f"{wins} of {count} other {'family' if count == 1 else 'families'} of methods"
        title = titled_as(*(f"{who} in {families}" for who in (words.leading(ranking, case), "The first option leads")))
    footnote = "The additive model decides; the others show whether its order hangs on its formula. "
    footnote += "A family counts as led when every method in it puts the leader first."
    notes = [f"Not used: {words.method_name(each)}. {reason}." for each, reason in comparison.refused.items()]
    return Exhibit(title, f"{'; '.join(clauses)}." if clauses else "", [table], footnote, notes)


def at_both_ends(case: Case, ranking: Ranking, ranked: pd.DataFrame) -> Exhibit:
    """The score with every judgement at its low end, and at its high end, and who is beaten on every scale by whom."""
    title, by = _beaten(case, ranking, ranked.index)
    table = Table.of(
        Column.options(case, ranked.index, 3),
        Column("All at their worst", ranked["least"], "score"),
        Column("Likely", ranked["score"], "score"),
        Column("All at their best", ranked["greatest"], "score"),
        by,
    )
    first, (least, greatest) = case.options.at[ranked.index[0], "short"], ranked[["least", "greatest"]].iloc[0]
    range_of = f"Errors all one way put {first} anywhere from {least:.0f} to {greatest:.0f}."
    return Exhibit(title, range_of, [table.filled()])


def beaten_everywhere(case: Case, ranking: Ranking, ranked: pd.DataFrame) -> Exhibit:
    """Which options another beats, and on which scales each is best, before anything is weighed."""
    values = case.values.loc[[each for each in case.options.index if each in ranked.index]]
    title, by = _beaten(case, ranking, values.index)
    best = values.eq(values.max()).rename(columns=case.criteria["name"])
    on = Column("Best, or level with the best, on", [joined(row.index[row]) for _, row in best.iterrows()], share=6)
    table = Table.of(Column.options(case, values.index), by, on)
    return Exhibit(title, "No weights can put first what another beats on every scale.", [table.filled()])


def _beaten(case: Case, ranking: Ranking, options: pd.Index) -> tuple[str, Column]:
    """How many options another beats on every scale, as a title, and which do, as a column."""
    by = {option: words.short(case, others) for option, others in ranking.dominated.groupby("option")["by"]}
    many = f"{words.counted(len(by), 'option', sentence=True)} {words.verb(len(by), 'are')}" if by else "No option is"
    cells = [by.get(option, "") for option in options]
    return f"{many} beaten by another on every scale", Column("Beaten on every scale by", cells, share=2)


def without_a_criterion(case: Case, compared: Ranking) -> Exhibit:
    """The criteria without which another option leads."""
    rows = leave_one_out(case, compared.weights).query("leader_changes == True")
    if rows.empty:
        return Exhibit("No single criterion decides", "Whichever is left out, the same option leads.")
    leads = [words.short(case, each.split(";")) for each in rows["leader"]]
    table = Table.of(Column("Without", case.criteria["name"][rows.index]), Column("Leads", leads))
    any_one = "this criterion" if len(rows) == 1 else "any one of these criteria"
    return Exhibit(f"Without {any_one}, another option leads", blocks=[table])


def along_one_weight(case: Case, ranking: Ranking, criterion: str) -> Exhibit:
    """The rank of each option as one criterion goes from no weight to all of it, and where the leader changes."""
    weights, name = ranking.weights, case.criteria.at[criterion, "name"]
    breaks = break_points(case, weights, criterion, pairs=False).sort_values("share")
    ranks = sweep(case, weights, criterion, points=WEIGHT_STEPS).round(9).rank(axis=1, ascending=False, method="min")
    shown = list(ranks.columns[: Most.OPTIONS])
    by_share = ranks[shown].rename(lambda share: f"{100 * share:.0f} %").T
    table = Table.heat(Column.options(case, shown), by_share, "rank", strong=ranking.leaders)
    above = zip(breaks["share"], breaks["above"], strict=True)
    turns = [f"from {percent(share)} {words.short(case, options.split(';'))}" for share, options in above]
    first = words.short(case, breaks["below"].iloc[0].split(";")) if turns else words.leaders(ranking, case)
    count, now = f"{words.counted(len(turns), 'change')} of leader", words.weight_of(ranking, case, criterion)
    subtitle = f"It weighs {percent(now)} now. Leaders: {', '.join([first, *turns])}."
    footnote = "The other weights keep their proportions; darker is better."
    blocks = table, rest_of(len(ranks.columns) - len(shown))
    return Exhibit(titled_as(f"{name}: {count}", count), subtitle, blocks, footnote)


def by_order_alone(case: Case, ranking: Ranking) -> Exhibit | None:
    """The ranking with nothing kept of the top weights but their order; None where there is no order to keep."""
    weights, roots = ranking.weights, list(case.roots)
    if len(roots) < 2 or not {*roots} <= {*weights.points.index} or ranking.ranked.empty:
        return None
    order = weights.points[roots].sort_values(ascending=False, kind="stable")
    centre = rank_order(list(order.index)).values
    then = rank(case, weights.change((100 * centre / centre.max()).to_dict()))
    options, ranks = then.ranked.index, Column("Rank", words.rank_labels(then)[then.ranked.index])
    table = Table.of(Column.options(case, options, 3), ranks, Column("Score", then.ranked["score"], "score"))
    still, who = ("still ", "The same") if then.leaders == ranking.leaders else ("", "Another")
    title = f"By their order alone, {words.leading(then, case, still)}"
    return Exhibit(titled_as(title, f"{who} option leads by their order alone"), blocks=[table])
