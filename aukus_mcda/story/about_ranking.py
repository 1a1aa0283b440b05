"""The ranking: scores with their ranges, why the leader leads, every option, and what other methods say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..case import Case
from ..form import MOST_OPTIONS, Chart, Column, Exhibit, Table, costs, rest_of, titled_as, why_scored
from ..ranking import METHODS, Ranking, break_points, leave_one_out, rank, sweep
from ..text import joined, points
from ..weights import rank_order
from .words import (
    METHOD_NAMES,
    ahead_by,
    by_root,
    counted,
    leaders,
    leaves_under,
    rank_labels,
    short,
    trials,
    verb,
    weight_of,
    what_is_unknown,
    what_was_drawn,
)

if TYPE_CHECKING:
    from ..analysis import Study
    from ..uncertainty import Acceptability

WEIGHT_STEPS = 11
"""Shares of weight at which a table shows the ranks."""
MOST_ROOTS = 7
"""Top criteria that a heatmap can hold; smaller ones are added up."""


def scores_and_shares(study: Study, case: Case) -> Exhibit | None:
    """Scores as dots with whiskers, and how often each option ranks first."""
    ranking, acceptability = study.ranking, study.acceptability
    ranked = ranking.ranked
    if ranked.empty:
        return None
    shown = list(ranked.index[:MOST_OPTIONS])
    scores = ranked["score"][shown]
    columns = [Column("Score", list(scores), "score")]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    if acceptability is not None:
        low, high = (list(acceptability.interval.loc[shown, end]) for end in ("low", "high"))
        columns.append(Column("Ranks first", list(acceptability.rank_acceptability[1][shown]), "share"))
    labels, cost = rank_labels(ranking), costs(case, shown)
    if any(cost.cells):
        columns.append(cost)
    chart = Chart(
        "dots",
        [f"{labels[option]}  {case.options.at[option, 'short']}" for option in shown],
        "Score, 0 to 100",
        _ends([*scores, *low, *high]),
        f"Scores of the options{', with the range of 90 in 100 trials' if acceptability else ''}.",
        at=list(scores),
        low=low,
        high=high,
        columns=columns,
        tones=["accent" if option in ranking.leaders else "grey" for option in shown],
    )
    drawn_as = what_was_drawn(case, ranking.weights)
    line = f" Line: 90 of 100 trials, which vary {drawn_as}." if acceptability else ""
    pairs = [(each, leaf) for each in shown[:3] for leaf in ranking.contributions.loc[each].nlargest(2).index]
    return Exhibit(
        _ranking_title(ranking, acceptability, case),
        _spread(ranking, case),
        [chart, rest_of(len(ranked) - len(shown))],
        footnote=f"Dot: the score at the likely judgements.{line} {what_is_unknown(ranking, case)}".rstrip(),
        notes=["What gives the first three most of their score:", *why_scored(case, pairs)],
    )


def _ranking_title(ranking: Ranking, acceptability: Acceptability | None, case: Case) -> str:
    first, lead = leaders(ranking, case), verb(len(ranking.leaders), "lead")
    together = f"{first} lead together" if len(ranking.leaders) > 1 else f"{first} {lead}"
    some = f"{'One option leads' if len(ranking.leaders) == 1 else 'Several options lead together'}"
    if acceptability is None or len(ranking.ranked) < 2:
        return titled_as(together, some)
    interval = acceptability.interval
    over = interval.drop(index=list(ranking.leaders))["high"] >= interval.at[ranking.leaders[0], "low"]
    if not over.any():
        return titled_as(f"{together}, clear of every other range", f"{some}, clear of every other range")
    which = "every other range" if over.all() else f"{over.sum()} of {len(over)} other ranges"
    clause = f"but {which} {'overlaps' if over.all() or over.sum() == 1 else 'overlap'} the first"
    return titled_as(f"{together}, {clause}", f"{some}, {clause}")


def _spread(ranking: Ranking, case: Case) -> str:
    """By how much the leader leads, and how close together the ranked options lie."""
    scores, gap = ranking.ranked["score"], ahead_by(ranking)
    if gap is None:
        return f"It scores {scores.iloc[0]:.1f} of 100; no other option passes the screens."
    near = f"{points(gap)} ahead of {case.options.at[scores.index[1], 'short']}" if gap else "level with the next"
    return (
        f"{scores.iloc[0]:.1f} of 100, {near}; all {len(scores)} lie within {points(scores.iloc[0] - scores.iloc[-1])}."
    )


def _ends(numbers: list[float]) -> tuple[float, float]:
    """The ends of a scale in steps of ten around all numbers."""
    start, end = 10 * math.floor(min(numbers) / 10), 10 * math.ceil(max(numbers) / 10)
    return float(start), float(max(end, start + 10))


def reasons(study: Study, case: Case) -> Exhibit | None:
    """Where each option gains and loses against the status quo, or the average, by top criterion."""
    ranking = study.ranking
    ranked = ranking.ranked.index
    if len(ranked) < 2:
        return None
    parts = by_root(ranking.contributions.loc[ranked], case)
    unchanged = case.about.status_quo
    base, beside = (
        (parts.loc[unchanged], "the status quo") if unchanged in ranked else (parts.mean(), "the average option")
    )
    gain = parts - base
    lead = ranking.leaders[0]
    compared = [each for each in ranked if each != unchanged or each == lead]
    shown = compared[:MOST_OPTIONS]
    roots = list(gain.loc[shown].abs().sum().sort_values(ascending=False, kind="stable").index)
    kept = [root for root in case.roots if root in roots[: MOST_ROOTS if len(roots) <= MOST_ROOTS else MOST_ROOTS - 1]]
    name = case.criteria["name"]
    columns = [Column(_avoided(case, root), list(gain.loc[shown, root]), "points") for root in kept]
    if others := [root for root in roots if root not in kept]:
        columns.append(Column(f"{len(others)} others", list(gain.loc[shown, others].sum(axis=1)), "points"))
    table = Table(
        [
            Column("Option", list(case.options["short"][shown]), share=2),
            *columns,
            Column("In all", list(gain.loc[shown].sum(axis=1)), "points"),
        ],
        f"Value points that each criterion adds or takes away beside {beside}.",
        "heat",
        ["accent" if option in ranking.leaders else "plain" for option in shown],
    )
    gained = gain.loc[lead].sort_values(ascending=False, kind="stable")
    first = case.options.at[lead, "short"]
    if lead == unchanged:
        gained = (parts.loc[lead] - parts.drop(index=lead).mean()).sort_values(ascending=False, kind="stable")
    best, worst = gained.index[0], gained.index[-1]
    price = f"; it gives up {points(-gained.iloc[-1])} on {name[worst]}" if gained.iloc[-1] < -0.05 else ""
    apart = ranking.contributions.loc[shown[0]] - ranking.contributions.loc[shown[-1]]
    far = [(each, leaf) for leaf in apart.abs().nlargest(3).index for each in (shown[0], shown[-1])]
    return Exhibit(
        titled_as(f"{first} gains most on {_avoided(case, best)}", "Why the first option leads"),
        f"Beside {beside} it gains most on {_avoided(case, best)}, {points(gained.iloc[0])}{price}."
        if gained.iloc[0] > 0.05
        else f"{first} differs little from {beside}.",
        [table, rest_of(len(compared) - len(shown))],
        footnote=f"Value points beside {beside}, weights included. Where less is better, less counts as a gain.",
        notes=[f"Where {short(case, [shown[0]])} and {short(case, [shown[-1]])} differ most:", *why_scored(case, far)],
    )


def _avoided(case: Case, root: str) -> str:
    """A top criterion as a heading of what is gained: of a risk, that it is avoided; of a cost, that it is less."""
    name = str(case.criteria.at[root, "name"])
    if (case.criteria.loc[leaves_under(case, root), "direction"] == "max").any():
        return name
    return f"{name} avoided" if name.lower().endswith("risk") else f"{name} (less is better)"


def whole_ranking(study: Study, case: Case) -> Exhibit:
    """Every option with its score, range and share of first ranks, and why an option is out."""
    ranking, acceptability = study.ranking, study.acceptability
    table = ranking.table
    columns = [
        Column("Rank", list(rank_labels(ranking)), share=0.6),
        Column("Option", list(table["name"]), share=4),
        Column("Score", list(table["score"]), "score"),
    ]
    if acceptability is not None:
        interval = acceptability.interval.reindex(table.index)
        columns += [
            Column("Lowest of 90 %", list(interval["low"]), "score"),
            Column("Highest of 90 %", list(interval["high"]), "score"),
            Column("Ranks first", list(acceptability.rank_acceptability[1].reindex(table.index)), "share"),
        ]
    columns += [costs(case, table.index), Column("Screened out because", list(table["reason"]), share=3)]
    count = len(table)
    return Exhibit(
        f"{counted(count, 'option', sentence=True)}, ranked by score",
        "" if acceptability is None else f"Shares and ranges are of {acceptability.draws:,} trials.",
        [Table(columns, "All options with their ranks and scores.").filled()],
    )


def every_rank(study: Study, case: Case) -> Exhibit | None:
    """In how many of 100 trials each option takes each rank; None where nothing is drawn."""
    if study.acceptability is None:
        return None
    shares = study.acceptability.rank_acceptability
    shown = list(study.ranking.ranked.index[:MOST_OPTIONS])
    ranks = list(shares.columns[:MOST_OPTIONS])
    counts = (100 * shares.loc[shown, ranks]).round().replace(0, math.nan)
    columns = [Column(str(rank), list(counts[rank]), "count") for rank in ranks]
    table = Table(
        [Column("Option", list(case.options["short"][shown]), share=3), *columns],
        "In how many of 100 trials each option takes each rank.",
        "heat",
        ["accent" if option in study.ranking.leaders else "plain" for option in shown],
    )
    among = float(shares.loc[shown[0], ranks[:3]].sum())
    title = titled_as(
        f"{case.options.at[shown[0], 'short']} is among the first three in {trials(among)}",
        "How often each option takes each rank",
    )
    return Exhibit(
        title,
        blocks=[table, rest_of(len(shares) - len(shown))],
        footnote="In how many of 100 trials each option takes each rank; blank: fewer than one.",
    )


def other_methods(study: Study, case: Case) -> Exhibit | None:
    """Who leads by each cross-check method, and how alike the orders are."""
    if study.fragility is None:
        return None
    comparison = study.fragility.methods
    if comparison is None:
        return Exhibit("The options score alike: other methods have nothing to rank by")
    ranks = comparison.ranks
    first = {method: list(ranks.index[ranks[method] == 1]) for method in ranks}
    methods = [method for of_family in comparison.families["methods"] for method in of_family]
    table = Table(
        [
            Column("Method", [METHOD_NAMES.get(method, method) for method in methods], share=2),
            Column("Family", [METHODS[method].family for method in methods], share=2),
            Column("Puts first", [short(case, first[method]) for method in methods], share=3),
            Column("Kendall tau-b", list(comparison.agreement.loc[methods, "kendall_tau_b"]), "number"),
            Column("Weighted Spearman", list(comparison.agreement.loc[methods, "weighted_spearman"]), "number"),
        ],
        "Who leads by each cross-check method, and how alike its order is to the additive one; 1 is the same.",
    ).filled()
    lead = first["additive"]
    names = short(case, lead)
    if comparison.leads_in is None:
        title = "No method of another family can rank these options"
    else:
        wins, count = comparison.leads_in
        families = f"{wins} of {count} other {'family' if count == 1 else 'families'} of methods"
        title = titled_as(f"{names} {verb(len(lead), 'lead')} in {families}", f"The first option leads in {families}")
    return Exhibit(
        title,
        _apart(first, lead, case),
        [table],
        footnote="The additive model decides; the others show whether its order hangs on its formula. A family counts "
        "as led when every method in it puts the leader first.",
        notes=[
            f"Not used: {METHOD_NAMES.get(method, method)}. {reason}." for method, reason in comparison.refused.items()
        ],
    )


def _apart(first: dict[str, list[str]], lead: list[str], case: Case) -> str:
    """Which methods put another option first, in a sentence; or blank."""
    by_first: dict[tuple[str, ...], list[str]] = {}
    for method, options in first.items():
        if options != lead:
            by_first.setdefault(tuple(options), []).append(METHOD_NAMES.get(method, method))
    clauses = [
        f"{joined(methods)} {verb(len(methods), 'put')} {short(case, options)} first"
        for options, methods in by_first.items()
    ]
    return "; ".join(clauses) + "." if clauses else ""


def beaten_everywhere(study: Study, case: Case) -> Exhibit | None:
    """Which options another beats, and on which scales each is best, before anything is weighed."""
    ranked = study.ranking.ranked.index
    if ranked.empty:
        return None
    ranked, values = sorted(ranked, key=list(case.options.index).index), case.values
    best = values.loc[ranked].eq(values.loc[ranked].max())
    on = [joined([case.criteria.at[leaf, "name"] for leaf in case.leaves if best.at[each, leaf]]) for each in ranked]
    by = _beaten(study, case)
    columns = [
        Column("Option", list(case.options["short"][ranked]), share=2),
        Column("Beaten on every scale by", [by.get(option, "") for option in ranked], share=2),
        Column("Best, or level with the best, on", on, share=6),
    ]
    return Exhibit(
        _beaten_title(by),
        "No weights can put first what another beats on every scale.",
        [Table(columns, "Who beats whom on every scale, and where each option is best.").filled()],
    )


def _beaten(study: Study, case: Case) -> dict[str, str]:
    """By option that another beats on every scale, which do."""
    return {option: short(case, others) for option, others in study.ranking.dominated.groupby("option")["by"]}


def _beaten_title(by: dict[str, str]) -> str:
    many = f"{counted(len(by), 'option', sentence=True)} {verb(len(by), 'are')}" if by else "No option is"
    return f"{many} beaten by another on every scale"


def at_both_ends(study: Study, case: Case) -> Exhibit | None:
    """The score with every judgement at its low end, and at its high end, and who is beaten on every scale by whom."""
    ranked, by = study.ranking.ranked, _beaten(study, case)
    if ranked.empty:
        return None
    ends = {"All at their worst": "least", "Likely": "score", "All at their best": "greatest"}
    columns = [
        Column("Option", list(case.options["short"][ranked.index]), share=3),
        *(Column(heading, list(ranked[end]), "score") for heading, end in ends.items()),
        Column("Beaten on every scale by", [by.get(option, "") for option in ranked.index], share=2),
    ]
    first, (least, greatest) = case.options.at[ranked.index[0], "short"], ranked[["least", "greatest"]].iloc[0]
    return Exhibit(
        _beaten_title(by),
        f"Errors all one way put {first} anywhere from {least:.0f} to {greatest:.0f}.",
        [Table(columns, "Scores at both ends of every judgement, and who beats whom.").filled()],
    )


def without_a_criterion(study: Study, case: Case) -> Exhibit | None:
    """The criteria without which another option leads; None where fewer than two options are ranked."""
    if len(study.ranking.ranked) < 2:
        return None
    rows = leave_one_out(case, study.ranking.weights)
    rows = rows[rows["leader_changes"].eq(True)]
    if rows.empty:
        return Exhibit("No single criterion decides", "Whichever is left out, the same option leads.")
    columns = [
        Column("Without", list(case.criteria["name"][rows.index])),
        Column("Leads", [short(case, each.split(";")) for each in rows["leader"]]),
    ]
    title = f"Without {'this criterion' if len(rows) == 1 else 'any one of these criteria'}, another option leads"
    return Exhibit(title, blocks=[Table(columns, "Criteria without which another option leads.")])


def along_one_weight(study: Study, case: Case, criterion: str) -> Exhibit:
    """The rank of each option as one criterion goes from no weight to all of it, and where the leader changes."""
    weights = study.ranking.weights
    breaks = break_points(case, weights, criterion, pairs=False).sort_values("share")
    ranks = sweep(case, weights, criterion, points=WEIGHT_STEPS).round(9).rank(axis=1, ascending=False, method="min")
    shown = list(ranks.columns[:MOST_OPTIONS])
    columns = [Column(f"{100 * share:.0f} %", list(ranks.loc[share, shown]), "rank") for share in ranks.index]
    table = Table(
        [Column("Option", list(case.options["short"][shown]), share=2), *columns],
        f"Ranks as the weight of {case.criteria.at[criterion, 'name']} goes from nothing to everything.",
        "heat",
        ["accent" if option in study.ranking.leaders else "plain" for option in shown],
    )
    name = case.criteria.at[criterion, "name"]
    turns = [f"from {100 * row['share']:.0f} % {short(case, row['above'].split(';'))}" for _, row in breaks.iterrows()]
    first = short(case, breaks["below"].iloc[0].split(";")) if len(breaks) else leaders(study.ranking, case)
    now = 100 * weight_of(study.ranking, case, criterion)
    return Exhibit(
        titled_as(f"{name}: {counted(len(turns), 'change')} of leader", counted(len(turns), "change") + " of leader"),
        f"It weighs {now:.0f} % now. Leading: {', '.join([first, *turns])}.",
        [table, rest_of(len(ranks.columns) - len(shown))],
        footnote="The other weights keep their proportions; a stronger colour is better.",
    )


def by_order_alone(study: Study, case: Case) -> Exhibit | None:
    """The ranking with nothing kept of the top weights but their order; None where there is no order to keep."""
    weights = study.ranking.weights
    if len(case.roots) < 2 or not {*case.roots} <= {*weights.points.index} or study.ranking.ranked.empty:
        return None
    order = weights.points[list(case.roots)].sort_values(ascending=False, kind="stable")
    centre = rank_order(list(order.index)).values
    ranking = rank(case, weights.change((100 * centre / centre.max()).to_dict()))
    same = ranking.leaders == study.ranking.leaders
    columns = [
        Column("Option", list(case.options["short"][ranking.ranked.index]), share=3),
        Column("Rank", list(rank_labels(ranking)[ranking.ranked.index])),
        Column("Score", list(ranking.ranked["score"]), "score"),
    ]
    first = leaders(ranking, case)
    return Exhibit(
        titled_as(
            f"By their order alone, {first} {'still ' if same else ''}{verb(len(ranking.leaders), 'lead')}",
            "The same option leads by their order alone" if same else "Another option leads by their order alone",
        ),
        blocks=[Table(columns, "The ranking by the order of the top weights.")],
    )
