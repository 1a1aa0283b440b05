"""Phrases that several exhibits share: who leads, in how many trials, whose weights, and what was drawn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..ranking import Ranking
from ..text import FEW, joined, points, titled, weights_named
from ..uncertainty import drawn
from ..weights import Weights

if TYPE_CHECKING:
    from ..analysis import Study
    from ..uncertainty import Verdict

ILLUSTRATIVE = "Illustrative judgements by the authors."
AUTHORS_OWN = "baseline"
NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
METHOD_NAMES = {
    "additive": "the additive model",
    "topsis_vector": "TOPSIS (vector norm)",
    "topsis_minmax": "TOPSIS (min-max)",
    "vikor": "VIKOR",
    "spotis": "SPOTIS",
    "rim": "RIM",
    "promethee_ii": "PROMETHEE II",
    "mabac": "MABAC",
    "cocoso": "CoCoSo",
    "edas": "EDAS",
    "waspas": "WASPAS",
    "marcos": "MARCOS",
}
"""Ways of ranking as their authors write them."""


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
    count = f"{100 * share:.0f}"
    return {"0": "fewer than 1", "100": "more than 99"}.get(count, count) + " of 100 trials"


def short(case: Case, options: Iterable[str], most: int | None = FEW) -> str:
    """The short names of options as a list in a sentence."""
    return joined(case.options["short"][list(options)], most)


def leaders(ranking: Ranking, case: Case) -> str:
    """Who leads, by short name."""
    return short(case, ranking.leaders)


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


def stakeholders(study: Study) -> list[str]:
    """The profiles of weights that speak for somebody: all but the authors' own."""
    return [name for name in study.by_profile if name != AUTHORS_OWN]


def weights_of(study: Study) -> str:
    """Whose weights a study uses, as a line on every page says it."""
    name = study.ranking.weights.name
    return f"{titled(name)} weights" if name in study.by_profile else "The analyst's own weights"


def whose(study: Study) -> str:
    """Whose weights and whose judgements these are, and of when: the line at the foot of every page.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> whose(study(load_case("starter"), draws=2_000)).startswith("Baseline weights. ")
    True
    """
    day = case_date(study.case, "%b").replace("Judgements to", "To")
    return " ".join(filter(None, (f"{weights_of(study)}.", study.case.about.disclaimer or ILLUSTRATIVE, day)))


def case_date(case: Case, month: str = "%B") -> str:
    """The day of the latest judgement in a sentence, or blank."""
    if not case.last_judged:
        return ""
    day = dt.date.fromisoformat(case.last_judged)
    return f"Judgements to {day.day} {day.strftime(month)} {day.year}."


def what_was_drawn(case: Case, weights: Weights) -> str:
    """What trials vary, as a note on them says it; blank where nothing has a range."""
    ends = {"ends": "between their low and high ends", "5-95": "around their 5-95 % ranges"}[case.about.ranges]
    shared = f", errors of one option shared at {case.about.shared_error:g}" if case.about.shared_error else ""
    parts = {"scores": f"scores {ends}{shared}", "weights": "swing points between their low and high ends"}
    return ", and ".join(parts[what] for what in drawn(case, weights))


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


def passed(verdict: Verdict) -> tuple[int, int]:
    """How many tests of a verdict were passed, of how many that were made."""
    outcomes = [test.passed for test in verdict.tests if test.passed is not None]
    return sum(outcomes), len(outcomes)
