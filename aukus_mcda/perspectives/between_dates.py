# SPDX-License-Identifier: Apache-2.0
"""The ranking at two dates side by side, and which restated scores moved it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import pandas as pd

from ..case import ABOUT, Case
from ..errors import AukusMcdaError, WeightsError, listed, shown
from ..guard import guarded
from ..ranking import Ranking, rank
from ..text import in_full, points
from ..weights import GivenWeights, Weights

ENDS = ["low", "likely", "high"]
Missing: TypeAlias = dict[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Vintages:
    """What moved a ranking between two dates.

    Attributes
    ----------
    earlier, later : date
    news : DataFrame
        The evidence that became known in between, by id, as the register has it, with the grade of its source
        (reliability) and scores, the number of scores in force on the later day that cite it; the most cited first.
    table : DataFrame
        By option, in the later order: name, short, score_earlier, score_later, change (points),
        rank_earlier, rank_later, missing_earlier and missing_later (the leaves not yet judged
        on that day, as a tuple). An option with a leaf missing has no score and no rank on
        that day; what is screened out has a score and no rank.
    restated : DataFrame
        One row for each score judged anew in between, the greatest effect first: option,
        criterion, name (of the criterion), low_earlier ... high_later in the criterion's unit,
        value_earlier, value_later (0-100), weight, effect (weight times the change of value,
        in points of score; NaN for a first judgement), first (it did not exist before),
        judged (its date), rationale, evidence, cited_anew (evidence not cited before),
        dropped (cited before, not now).
    rankings : tuple of Ranking
        At the earlier and the later date.
    """

    earlier: dt.date
    later: dt.date
    news: pd.DataFrame
    table: pd.DataFrame
    restated: pd.DataFrame
    rankings: tuple[Ranking, Ranking]

    @property
    def statements(self) -> tuple[str, ...]:
        """What moved and why, and what was not yet judged, a sentence each."""
        return (*_missing(self), *_movers(self))


@guarded(WeightsError)
def vintages(
    case: Case, earlier: str | dt.date, later: str | dt.date | None = None, *, weights: GivenWeights = "baseline"
) -> Vintages:
    """Compare a case's ranking at two dates, and trace every change to the scores that were restated.

    The weights, the screens and the scales are today's at both dates: only scores carry a date.
    A score is the latest judgement made by the day. Where both days have all of an option's
    scores, its change of score is the sum of the effects of its rows in ``restated``, for the
    score is the sum over leaves of weight times value, and the weights are the same.

    Parameters
    ----------
    case : Case
        It keeps every judgement, whatever date it was loaded for.
    earlier, later : date or ISO text
        The later is the day of the case when not given, else that of its latest judgement.
    weights : Weights, str, mapping or Series
        As for `rank`.

    Returns
    -------
    Vintages
        Scores in points and ranks on both days, and the effect of each score judged anew, in points.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded or its scores were altered since, a date is not one, the
        first is not before the second, or no option has all its scores on a day.
    WeightsError
        When the weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import load_case, vintages
    >>> moved = vintages(load_case("aukus_plus_two"), "2023-08-17", "2025-12-30")
    >>> moved.table.loc["experimentation", ["rank_earlier", "rank_later"]].tolist()
    [2, 2]
    """
    speaks_of = case.about.day or max(case.history["as_of"], default="")
    if not speaks_of:
        raise AukusMcdaError("No score of this case has a date, so nothing can be compared with an earlier day.")
    first, second = _day(earlier), _day(speaks_of if later is None else later)
    if first >= second:
        wrong = f"The earlier date, {first}, must come before the later one, {second}."
        speaks = f"The case speaks of {second}: give a day before that, not {first}."
        raise AukusMcdaError(speaks if later is None else wrong)
    own = case.about.day
    if not case.scores.equals(case.scores_on(own)):
        remedy = "Change the table of scores, dated, and read the case again."
        altered = "The case's scores were altered after it was read, so its dated judgements no longer explain them."
        raise AukusMcdaError(f"{altered} {remedy}")
    fitted = case.weights(weights)
    scores = {day: case.scores_on(day.isoformat()) for day in (first, second)}
    (before, lacked), (now, lacks) = (_ranked(case, day, on_day, fitted) for day, on_day in scores.items())
    news = _news(case, first, second, scores[second])
    table = _table(case, {"earlier": before, "later": now}, {"earlier": lacked, "later": lacks})
    restated = _restated(case, scores[first], scores[second], fitted)
    return Vintages(first, second, news, table, restated, (before, now))


def _day(given: str | dt.date) -> dt.date:
    if isinstance(given, dt.date):
        return given.date() if isinstance(given, dt.datetime) else given
    if not isinstance(given, str) or not ABOUT["as_of"].holds(given):
        raise AukusMcdaError(f"{given!r} is not a date: give {ABOUT['as_of'].expected}.")
    return dt.date.fromisoformat(given)


def _ranked(case: Case, day: dt.date, scores: pd.DataFrame, weights: Weights) -> tuple[Ranking, Missing]:
    """The ranking of the options that have all their scores on a day, and by option the leaves that are not judged."""
    known = set(scores.index)
    absent = {option: [leaf for leaf in case.leaves if (option, leaf) not in known] for option in case.options.index}
    missing = {option: tuple(leaves) for option, leaves in absent.items()}
    whole = [option for option, leaves in missing.items() if not leaves]
    if not whole:
        first = case.history["as_of"].min()
        raise AukusMcdaError(f"By {day} no option has all its scores; the first judgements are of {first}.")
    kept, screens = (each[each.index.isin(whole, level="option")] for each in (scores, case.screens))
    about = replace(case.about, as_of=day)
    dated = replace(case, about=about, options=case.options.loc[whole], scores=kept, screens=screens)
    return rank(dated, weights), missing


def _table(case: Case, rankings: dict[str, Ranking], missing: dict[str, Missing]) -> pd.DataFrame:
    table = case.options[["name", "short"]].rename_axis("option")
    table = table.assign(**{f"score_{end}": ranking.table["score"] for end, ranking in rankings.items()})
    table["change"] = table["score_later"] - table["score_earlier"]
    table = table.assign(**{f"rank_{end}": ranking.table["rank"] for end, ranking in rankings.items()})
    table = table.assign(**{f"missing_{end}": pd.Series(gaps, dtype=object) for end, gaps in missing.items()})
    order = rankings["later"].table.index
    return table.loc[[*order, *table.index.difference(order, sort=False)]]


def _restated(case: Case, before: pd.DataFrame, now: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """The scores that a judgement made between the two days replaced, or made for the first time."""
    was = before.reindex(now.index)
    anew = now.index[was["as_of"] != now["as_of"]]
    ends, criteria = {"earlier": was.loc[anew], "later": now.loc[anew]}, anew.get_level_values("criterion")
    table = pd.DataFrame({"name": case.criteria.loc[criteria, "name"].to_numpy()}, index=anew)
    table = table.join([scores[ENDS].add_suffix(f"_{end}") for end, scores in ends.items()])
    for end, scores in ends.items():
        likely = zip(criteria, scores["likely"], strict=True)
        table[f"value_{end}"] = [float(case.value_function(criterion)(score)) for criterion, score in likely]
    table["weight"] = weights.values.loc[criteria].to_numpy(dtype=float)
    table["effect"] = table["weight"] * (table["value_later"] - table["value_earlier"])
    table["first"] = ends["earlier"]["as_of"].isna()
    table[["judged", "rationale", "evidence"]] = ends["later"][["as_of", "rationale", "evidence"]]
    cited = [() if new else items for new, items in zip(table["first"], ends["earlier"]["evidence"], strict=True)]
    both = list(zip(table["evidence"], cited, strict=True))
    table["cited_anew"] = [tuple(item for item in items if item not in old) for items, old in both]
    table["dropped"] = [tuple(item for item in old if item not in items) for items, old in both]
    order = table["effect"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return table.loc[order].reset_index()


def _news(case: Case, earlier: dt.date, later: dt.date, scores: pd.DataFrame) -> pd.DataFrame:
    """The evidence that became known after the first day and by the second, with how many of the ``scores`` cite it."""
    known = case.register["known_from"]
    register = case.register[known.between(earlier.isoformat(), later.isoformat(), inclusive="right")]
    counts = scores["evidence"].explode().value_counts()
    table = register.join(case.sources["reliability"], on="source")
    table["scores"] = counts.reindex(table.index).fillna(0).astype(int)
    return table.sort_values("scores", ascending=False, kind="stable")


def _missing(result: Vintages) -> Iterator[str]:
    """Which options had no full set of scores on a day."""
    for end, day in (("earlier", result.earlier), ("later", result.later)):
        counts = result.table[f"missing_{end}"].map(len)
        if counts.any():
            options = listed(result.table.loc[counts > 0, "short"], most=5)
            blank = "no score and no rank is given for that day."
            yield f"On {in_full(day)} {options} had {counts.sum()} scores not yet judged: {blank}"


def _movers(result: Vintages) -> Iterator[str]:
    """The ranked options that gained and lost most, and the restated score that did most of it."""
    changed = result.table.loc[result.table["rank_later"].notna(), "change"].dropna()
    if result.restated.empty:
        yield "No score was judged anew in between."
    for option, way in ((changed.idxmax(), 1), (changed.idxmin(), -1)) if len(changed) else ():
        if way * changed[option] < 0.05:
            continue
        own = result.restated[result.restated["option"] == option]
        top = own.loc[(way * own["effect"]).idxmax()]
        on = f", citing {listed(top['cited_anew'])}" if top["cited_anew"] else ""
        yield (
            f"{result.table.at[option, 'short']} {'gained' if way > 0 else 'lost'} most, "
            f"{points(abs(changed[option]))}; the largest step, {points(abs(top['effect']))}, came when "
            f'"{top["name"]}" was restated from {shown(top["likely_earlier"])} to {shown(top["likely_later"])}{on}.'
        )
