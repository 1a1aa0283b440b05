# SPDX-License-Identifier: Apache-2.0
"""Phrases that several exhibits share: who leads, in how many trials, whose weights, and what was drawn."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from ..case import UNJUDGED, Case
from ..form import place_of
from ..ranking import METHODS, Ranking
from ..text import FEW, exact, in_full, joined, of_100, points, titled, weights_named
from ..uncertainty import drawn
from ..weights import Weights

if TYPE_CHECKING:
    from ..analysis import Study
    from ..uncertainty import Verdict

SHORT = 20
"""What an end of a scale means stands beside it where it has fewer letters."""
UNCONFIRMED = {"worst": "scales", "best": "scales", "likely": "likely scores", "decimals": "decimal marks"}
"""What of a table was assumed and nobody has confirmed, as the foot of a page names it; the rest in the plural."""
INFORMS = "This informs a decision and does not make one."
AUTHORS_OWN = "baseline"
NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def method_name(method: str) -> str:
    """A way of ranking as its authors write it."""
    return METHODS[method].title if method in METHODS else method.replace("additive", "the additive model")


def numeral(number: int) -> str:
    """A count in words up to ten."""
    return NUMERALS[number] if number < len(NUMERALS) else f"{number:,}"


def counted(number: int, thing: str, *, sentence: bool = False) -> str:
    """A count in words up to ten, with its noun.

    Examples
    --------
    >>> counted(4, "step"), counted(1, "option", sentence=True), counted(40, "option")
    ('four steps', 'One option', '40 options')
    """
    word = numeral(number)
    plural = thing if number == 1 else f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{word.capitalize() if sentence else word} {plural}"


def span(months: float) -> str:
    """Months in words, as years where they are whole years.

    Examples
    --------
    >>> span(24), span(18)
    ('two years', '18 months')
    """
    return f"{months:g} months" if months % 12 else counted(int(months / 12), "year")


def verb(number: int, plural: str) -> str:
    """A verb for so many: *lead* or *leads*.

    Examples
    --------
    >>> verb(1, "lead"), verb(2, "lead"), verb(1, "are")
    ('leads', 'lead', 'is')
    """
    return plural if number != 1 else {"are": "is", "have": "has", "cross": "crosses"}.get(plural, f"{plural}s")


def trials(share: float) -> str:
    """A share of the draws as so many of 100 trials, never rounded to none or all of them.

    Examples
    --------
    >>> trials(0.84), trials(0.001), trials(0.0), trials(1.0)
    ('84 of 100 trials', 'fewer than 1 of 100 trials', 'no trial', 'every trial')
    """
    if share in (0, 1):
        return "every trial" if share else "no trial"
    return f"{of_100(share)} trials"


def first_in_trials(study: Study) -> str:
    """In how many trials the options that do so most often rank first, in a sentence; blank where nothing is drawn."""
    if study.acceptability is None:
        return ""
    shares = study.acceptability.rank_acceptability[1].nlargest(3)
    (first, *others), names = shares.index, study.case.options["short"]
    rest = joined(f"{names[each]} in {100 * shares[each]:.0f}" for each in others if shares[each] >= 0.01)
    return f"{names[first]} ranks first in {trials(float(shares[first]))}{f'; {rest}' if rest else ''}."


def quoted(names: Iterable[str], most: int | None = None) -> str:
    """Names in quotation marks, where they would read as a part of the sentence; of more than ``most`` a count."""
    return joined((f"\N{LEFT DOUBLE QUOTATION MARK}{each}\N{RIGHT DOUBLE QUOTATION MARK}" for each in names), most)


def short(case: Case, options: Iterable[str], most: int | None = FEW) -> str:
    """The short names of options as a list in a sentence."""
    return joined(case.options["short"][list(options)], most)


def leaders(ranking: Ranking, case: Case) -> str:
    """Who leads, by short name."""
    return short(case, ranking.leaders)


def leading(ranking: Ranking, case: Case, how: str = "") -> str:
    """Who leads, as a clause: *Maritime picture leads*."""
    return f"{leaders(ranking, case)} {how}{verb(len(ranking.leaders), 'lead')}"


def spelt(text: str, case: Case) -> str:
    """A text in which ids of options and criteria are their names."""
    names = {**case.options["short"], **case.criteria["name"]}
    return re.sub(r"[\w-]+", lambda match: str(names.get(match[0], match[0])), text)


def who_leads(ranking: Ranking) -> str:
    """Which option ranks first, and by how much, in a sentence.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> who_leads(rank(load_case("aukus_plus_two"))).endswith("under the baseline weights.")
    True
    """
    under, ranked = weights_named(ranking.weights.name), ranking.ranked
    if ranked.empty:
        return "No option passes the screens, so there is nothing to rank."
    first = joined(ranked.loc[list(ranking.leaders), "name"], FEW)
    if len(ranking.leaders) > 1:
        return f"{first} rank first together under {under}."
    gap = ahead_by(ranking)
    if gap is None:
        return f"{first} is the only option that passes the screens."
    return f"{first} ranks first, {points(gap)} ahead of {ranked['name'].iloc[1]}, under {under}."


def ahead_by(ranking: Ranking) -> float | None:
    """Points by which the leader is ahead of the next option; None where one option alone is ranked."""
    scores = ranking.ranked["score"]
    return None if len(scores) < 2 else float(scores.iloc[0] - scores.iloc[1])


def unrounded(ranking: Ranking) -> str:
    """That a lead is of the exact scores, where those shown beside it come to another; else blank."""
    scores = ranking.ranked["score"].iloc[:2]
    leads = {f"{-each.diff().iloc[-1]:.1f}" for each in (scores, scores.round(1))}
    return "" if len(leads) == 1 else " (unrounded)"


def stakeholders(study: Study) -> list[str]:
    """The profiles of weights that speak for somebody: all but the authors' and the analyst's own."""
    return [name for name in study.by_profile if name != AUTHORS_OWN and name not in study.case.own_profiles]


def weights_of(study: Study) -> str:
    """Whose weights a study uses, as a line on every page says it."""
    name = study.ranking.weights.name
    if study.case.weights_assumed and name in study.case.given_profiles:
        return "Equal weights, assumed"
    if name in study.case.given_profiles:
        return f"{titled(name)} weights"
    return f"The analyst's own weights{f' {quoted([titled(name)])}' if name in study.case.own_profiles else ''}"


def read_by_us(case: Case) -> bool:
    """Whether somebody read the weights of others out of anything; a bare table states them."""
    return bool(case.points["evidence"].map(len).any() or (case.points["rationale"] != "").any())


def whose(study: Study) -> str:
    """Whose weights and whose judgements these are, and of when: the line at the foot of every page.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> whose(study(load_case("starter"), draws=2_000)).startswith("Baseline weights. ")
    True
    """
    case = study.case
    columns = case.criteria["assumed"].explode().dropna()
    what = dict.fromkeys(UNCONFIRMED.get(each, f"{each.rstrip('s')}s") for each in columns)
    assumed = f"Not confirmed: {joined(what, 3)} assumed from the table." if what else ""
    day, panel = case_date(case, "%b").replace("Judgements", "Judged"), ""
    if study.panel is not None:
        closed = in_full(dt.date.fromisoformat(study.panel.closed[:10]), "%b")
        panel = f"Panel of {counted(len(study.panel.judges), 'judge')}, {closed}."
    return " ".join(filter(None, (f"{weights_of(study)}.", own_changes(case), assumed, judged_by(case), day, panel)))


def judged_by(case: Case) -> str:
    """What every file that is exported says: that it does not decide, and whose judgements it holds."""
    named = f"Judgements by {joined(case.about.authors)}." if case.about.authors else ""
    whose_they_are = case.about.disclaimer or named or "Whose judgements these are is not stated."
    return f"{INFORMS} {whose_they_are}"


def own_changes(case: Case) -> str:
    """How many scores, and bends of scales, the analyst changed, in a sentence; blank without any."""
    counts = {"score": len(case.own_scores), "scale": len(case.own_shapes)}
    changed = joined(counted(count, thing) for thing, count in counts.items() if count)
    return f"{changed[0].upper()}{changed[1:]} changed by the analyst." if changed else ""


def judged_before(case: Case, option: str, leaf: str) -> float | None:
    """The likely score that the one in force took the place of; None where it is the first, or nobody knew that."""
    judged = case.history[(case.history["option"] == option) & (case.history["criterion"] == leaf)]
    judged = judged.sort_values("as_of", kind="stable")
    known = judged["likely"].mask(judged["distribution"] == UNJUDGED)
    return float(known.iloc[-2]) if len(known) > 1 and pd.notna(known.iloc[-2]) else None


def own_changes_listed(case: Case) -> str:
    """What the analyst changed: scores, each with what it was before, who judged it, and why; bends of scales."""
    named = []
    for option, leaf in case.own_scores:
        row, before = case.scores.loc[(option, leaf)], judged_before(case, option, leaf)
        was = "" if before is None else f", before {exact(before)}"
        place = place_of(case, option, leaf)
        named.append(f"{place}: {exact(row['likely'])}{was} ({row['judged_by']}, {row['as_of']}: {row['rationale']})")
    for leaf in case.own_shapes:
        named.append(f"scale {case.criteria.at[leaf, 'name']}: {case.criteria.at[leaf, 'shape'] or 'a straight line'}")
    return "; ".join(named)


def case_date(case: Case, month: str = "%B") -> str:
    """The day of the latest judgement in a sentence, or blank."""
    if not case.last_judged:
        return ""
    return f"Judgements to {in_full(dt.date.fromisoformat(case.last_judged), month)}."


def evidence_covered(case: Case) -> str:
    """When evidence was last searched for, and how far that reaches, in a sentence; blank where the case is silent."""
    searched, last = case.about.register_searched, case.about.register_covers_to
    when = f"evidence was last searched for on {in_full(searched)}" if searched else ""
    until = f"the latest item is of {in_full(last)}" if last else ""
    told = "; ".join(filter(None, (when, until)))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def what_was_drawn(case: Case, weights: Weights) -> str:
    """What trials vary, as a note on them says it; blank where nothing has a range."""
    between = "between their low and high ends"
    ends = {"ends": between, "5-95": "around their 5-95 % ranges"}[case.about.ranges]
    both = f"scores and swing points {ends}" if ends == between else f"scores {ends}, and swing points {between}"
    ways = {("scores",): f"scores {ends}", ("weights",): f"swing points {between}", ("scores", "weights"): both}
    varied, shared = drawn(case, weights), case.about.shared_error
    alike = f"; errors on one option correlate at {shared:g}" if shared and "scores" in varied else ""
    return f"{ways.get(varied, '')}{alike}"


def not_varied(weights: Weights, case: Case) -> str:
    """Which weights were taken as certain although they could differ, in a sentence; or blank."""
    if weights.point_range is None:
        return "The weights were taken as certain: no low and high points were given."
    ends, given = weights.point_range, weights.points
    alone = weights.parents.map(weights.parents.value_counts()) == 1
    certain = [name for name in given.index if ends.at[name, "low"] == ends.at[name, "high"] and not alone[name]]
    if not certain:
        return ""
    named = joined((case.criteria["name"].get(name, name) for name in certain), FEW)
    return f"Taken as certain, for lack of low and high points: the weight of {named}."


def tens_around(numbers: Iterable[float]) -> tuple[float, float]:
    """The ends of an axis in steps of ten around all numbers."""
    marks = [*numbers] or [0.0]
    start = 10.0 * math.floor(min(marks) / 10)
    return start, max(10.0 * math.ceil(max(marks) / 10), start + 10)


def rank_labels(ranking: Ranking) -> pd.Series:
    """``1``, ``2=``, ``2=``, ``4`` by option; a dash for what is screened out."""
    rank = ranking.table["rank"]
    shared = rank.duplicated(keep=False) & rank.notna()
    labels = rank.astype("string").fillna("\N{EN DASH}").astype(object)
    return labels.where(~shared, labels + "=")


def leaves_under(case: Case, criterion: str) -> list[str]:
    """The leaves of a criterion's branch; itself where it is one."""
    return [leaf for leaf in case.leaves if criterion in case.branch_of(leaf)]


def weight_of(ranking: Ranking, case: Case, criterion: str) -> float:
    """The weight of a criterion's whole branch, 0 to 1."""
    return float(ranking.weights.values[leaves_under(case, criterion)].sum())


def by_root(contributions: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Contributions added up over each branch: options x top criteria."""
    roots = {leaf: case.root_of(leaf) for leaf in contributions.columns}
    return contributions.T.groupby(roots, sort=False).sum().T[list(case.roots)]


def passed(verdict: Verdict) -> tuple[str, int]:
    """How many tests of a verdict were passed, of how many that were made, in words; how many could not be made."""
    outcomes = [test.passed for test in verdict.tests.values() if test.passed is not None]
    made = len(outcomes)
    return f"{sum(outcomes)} of {made} test{'s' if made != 1 else ''}", len(verdict.tests) - made


def what_is_unknown(unplaced: pd.DataFrame, case: Case, most: int | None = None) -> str:
    """Between which ranks the options with unknown scores lie, in a sentence; blank where all is known."""
    places = [
        f"{case.options.at[option, 'short']} "
        + (f"may rank anywhere from {best} to {worst}" if best < worst else f"keeps rank {best} whatever they are")
        for option, (best, worst) in unplaced[["best_rank", "worst_rank"]].iterrows()
    ]
    if most and len(places) > most:
        places[most:] = [f"so may {counted(len(places) - most, 'other')}"]
    return f"Some scores are unknown: {joined(places)}." if places else ""


def open_at_the_top(ranking: Ranking, case: Case) -> str:
    """The same of those that may rank first or not, as their scores turn out."""
    ranks = ranking.unplaced
    return what_is_unknown(ranks[(ranks["best_rank"] == 1) & (ranks["worst_rank"] > 1)], case, 1)


def bent_at(case: Case, leaf: str) -> str:
    """Where a scale is no straight line, and what that is worth; blank where it is one."""
    return joined(f"{exact(raw)} is worth {exact(value)}" for raw, value in case.value_function(leaf).bends)


def understood(case: Case) -> Iterator[str]:
    """What a case holds, in a line a criterion.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> list(understood(load_case("starter")))[1]
    'Quality: more is better, from 0 to 10 judged 0-10; in Better papers; weight 36.8 %; five scores with a range.'
    """
    yield f"{counted(len(case.options), 'option', sentence=True)}: {joined(case.options['name'])}."
    shares = None if case.weights_assumed else case.profile(case.profiles[0]).values
    for leaf in case.leaves:
        scale, scores = case.criteria.loc[leaf], case.scores.xs(leaf, level="criterion")
        ends = [
            f"{exact(scale[end])}{f' ({means})' if 0 < len(means := scale[f'{end}_means']) < SHORT else ''}"
            for end in ("worst", "best")
        ]
        branch = [case.criteria.at[each, "name"] for each in case.branch_of(leaf)[1:]]
        unknown = scores["distribution"] == UNJUDGED
        ranged = int(((scores["low"] < scores["high"]) & ~unknown).sum())
        way = "more" if scale["direction"] == "max" else "less"
        parts = [
            f"{scale['name']}: {way} is better, from {ends[0]} to {ends[1]} {scale['unit']}".rstrip(),
            bent_at(case, leaf),
            f"in {joined(branch)}" if branch else "",
            "" if shares is None else f"weight {100 * shares[leaf]:.3g} %",
            f"{counted(ranged, 'score')} with a range" if ranged else "",
            f"{counted(int(unknown.sum()), 'score')} unknown" if unknown.any() else "",
        ]
        yield "; ".join(filter(None, parts)) + "."
    if len(case.profiles) > 1:
        yield f"Sets of weights: {joined(titled(each) for each in case.profiles)}; the first is shown."
