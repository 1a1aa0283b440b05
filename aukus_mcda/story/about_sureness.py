# SPDX-License-Identifier: Apache-2.0
"""How far the ranking can be trusted: the tests of the verdict, what would change the leader, what to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..form import Chart, Column, Exhibit, Most, Table, Tone, judged_as, place_of, rest_of, titled_as, why_scored
from ..ranking import Flip, Ranking
from ..text import YARDSTICKS, exact, joined, likelihood, percent, points, titled
from ..uncertainty import WAYS_TOLD
from .about_case import columns_of, scores_at
from .words import counted, not_varied, passed, quoted, short, trials, verb, weight_of, what_was_drawn

if TYPE_CHECKING:
    from ..analysis import Fragility, Study
    from ..uncertainty import Acceptability

NO_RANGE = "No range judged bears on the order: how sure it is cannot be told"
GOOD = ("A", "B")
"""Reliability of a source that can be leaned on."""
WELL_BACKED, ILL_BACKED = 0.75, 0.50
"""Shares of scores that rest on a good source, from which confidence is high, and below which it is low."""
CONFIDENCE_RULE = (
    f"Confidence is high when the answer is robust and at least {WELL_BACKED:.0%} of scores cite a source "
    f"graded A or B, low when it is inconclusive or fewer than {ILL_BACKED:.0%} do, and moderate otherwise."
).replace("%", " %")


def sureness(study: Study, case: Case, fragility: Fragility) -> Exhibit:
    """How often the leader leads, the tests of the verdict, and the same when drawn in other ways."""
    (good, missing), table, stress = passed(fragility.verdict), _tests_table(fragility), fragility.stress
    ending = f"{good} passed{f', {missing} not made' if missing else ''}"
    rated = f"Confidence in the analysis: {confidence(study)}."
    if fragility.acceptability is None:
        subtitle, notes = f"{ending.capitalize()}. {rated}", verdict_told(fragility)
        return Exhibit(NO_RANGE, subtitle, [table], CONFIDENCE_RULE, notes, badge(fragility), whole=True)
    lead, first, weights = fragility.flip.leader, fragility.acceptability, study.ranking.weights
    often = f"ranks first in {trials(float(first.rank_acceptability.at[lead, 1]))}"
    title = titled_as(*(f"{each} {often}; {ending}" for each in (case.options.at[lead, "short"], "The leader")), ending)
    subtitle = " ".join(filter(None, (_likelihood(first, lead, case), rated, more_often(study, case))))
    ways, often_first = [WAYS_TOLD[each] for each in stress.index], stress["leader_share"]
    tones: list[Tone] = ["accent", *("grey" if ahead else "warn" for ahead in stress["leads_most_often"][1:])]
    columns, axis = [Column("First", often_first, "share", 0.6)], "Trials run in other ways"
    chart = Chart("bars", ways, axis, (0.0, 1.0), at=often_first, columns=columns, tones=tones, kind="share")
    blocks = [(table, chart)] if len(stress) > 1 else [table]
    footnote = f"{first.draws:,} trials vary {what_was_drawn(case, weights)}. {not_varied(weights, case)}"
    yardstick = YARDSTICKS[case.about.yardstick]
    terms = "; ".join(each.label for each in yardstick.terms)
    notes = [
        *verdict_told(fragility),
        CONFIDENCE_RULE,
        f"{yardstick.name}: {yardstick.source}, {yardstick.date}. {terms}. {yardstick.tie_rule}",
        "The scores least sure of those that lead:",
        *why_scored(case, widest(case, _leading(fragility)[:2])),
    ]
    return Exhibit(title, subtitle, blocks, footnote, notes, badge(fragility), whole=True)


def verdict_told(tests: Fragility) -> list[str]:
    """The verdict with the rule that decided, and what could not be tested."""
    return [f"Verdict: {tests.verdict.word}. {tests.verdict.rule}", *tests.verdict.gaps]


def badge(tests: Fragility) -> tuple[str, Tone]:
    """The verdict, and its tone: by itself its word could be taken for a marking."""
    return f"Verdict: {tests.verdict.word}", "accent" if tests.verdict.word == "robust" else "warn"


def _tests_table(tests: Fragility) -> Table:
    """Each test of the verdict: what was seen, what is needed, and whether it was passed."""
    words = {True: ("passed", "plain"), False: ("failed", "warn"), None: ("not tested", "grey")}
    rows = [(test.label, test.seen, test.least, *words[test.passed]) for test in tests.verdict.tests.values()]
    return Table.by_rows(rows, {"Test": 2.5, "Seen": 1.75, "Needed": 1.15, "Result": 1.2})


def _likelihood(first: Acceptability, lead: str, case: Case) -> str:
    """The yardstick's word for the leader's share, where it has one, and what it is conditional on."""
    tables = first.rank_acceptability, first.standard_error["rank_acceptability"]
    share, error = (float(each.at[lead, 1]) for each in tables)
    words = likelihood(share, case.about.yardstick, standard_error=error)
    a_lead = f"If these judgements hold, a lead for {case.options.at[lead, 'short']} counts as"
    return f"{a_lead} {words} on the {YARDSTICKS[case.about.yardstick].name} scale." if words else ""


def confidence(study: Study) -> str:
    """High, moderate or low confidence in the analysis, by `CONFIDENCE_RULE`."""
    case, tests = study.case, study.fragility
    grades = case.evidence["source"].map(case.sources["reliability"])
    good = set(grades.index[grades.isin(GOOD)])
    backed = float(case.scores["evidence"].map(lambda ids: not good.isdisjoint(ids)).mean())
    word = "inconclusive" if tests is None else tests.verdict.word
    if word == "robust" and backed >= WELL_BACKED:
        return "high"
    return "low" if word == "inconclusive" or backed < ILL_BACKED else "moderate"


def more_often(study: Study, case: Case) -> str:
    """Which option ranks first in more of the trials than the leader does, in a sentence; or blank."""
    if study.acceptability is None:
        return ""
    shares, ranking = study.acceptability.rank_acceptability[1], study.ranking
    often = str(shares.idxmax())
    if often in ranking.leaders or shares[often] <= shares[list(ranking.leaders)].max():
        return ""
    clause = f"ranks first more often, in {trials(float(shares[often]))}: the lead is not settled."
    return f"{case.options.at[often, 'short']} {clause}"


def changes(case: Case, fragility: Fragility) -> Exhibit:
    """How far each top weight can move by itself, and the smallest change of all that puts another option first."""
    flip, known = fragility.flip, fragility.stability.dropna(subset=["low", "high"])
    every = known.loc[[root for root in case.roots if root in known.index]]
    tops = every.loc[(every["high"] - every["low"]).sort_values(kind="stable").index[: Most.ACROSS]]
    title, subtitle = flip_words(fragility, case)
    vary = bool((fragility.information["spread"] > 0).any())
    decide = fragility.switches[fragility.switches["within_range"].eq(True) & vary]
    single, share = "", float(fragility.together["probability"])
    if len(decide):
        each = "" if len(decide) == 1 else "each "
        single = f"{counted(len(decide), 'score', sentence=True)} could {each}change the leader within the range judged"
        named = joined(place_of(case, *place) for place in decide.index)
        single += f": {named}." if len(decide) <= Most.REASONS else "."
    elif vary:
        single = "No single score changes the leader within the range judged"
        all_do = f"; all of them together do in {trials(share)}."
        single += all_do if share else ", nor do all of them together in any trial."
    moved = [flip.changes.idxmin(), flip.changes.idxmax()] if flip.challenger else []
    rivals = [option for option in (flip.leader, flip.challenger) if option]
    names, marks = case.criteria["name"][tops.index], (tops["current"], tops["low"], tops["high"])
    before, after = (_rivals(tops[side], case) for side in ("below", "above"))
    axis, ends, columns = "Share of all weight", (0.0, 1.0), [Column("Now", tops["current"], "share")]
    chart = Chart("spans", names, axis, ends, *marks, columns, (), before, after, kind="share", down="criteria")
    subtitle += " No smaller shift would do." if flip.challenger and flip.distance else ""
    blocks = [chart if len(case.leaves) > 1 else "", rest_of(len(every) - len(tops), "criteria"), single]
    footnote = "Bar: where the leader stays, one weight moving at a time. Mark: now. Name: who leads beyond."
    notes = [
        "Behind the smallest change of weights:",
        *why_scored(case, [(each, leaf) for leaf in moved for each in rivals]),
        "Single scores that could put another option first:" if len(decide) else "",
    ]
    for place, row in decide.head(Most.NAMED).iterrows():
        then = f"at {exact(float(format(row['switch'], '.3g')))}, {short(case, row['new_leader'].split(';'))}"
        notes.append(f"{place_of(case, *place)}, {judged_as(case.scores.loc[place])}: {then}.")
    notes.append(rest_of(max(0, len(decide) - Most.NAMED), "scores"))
    return Exhibit(title, subtitle, blocks, footnote, notes)


def _rivals(cells: pd.Series, case: Case) -> list[str]:
    """Ids of options, joined by ``;`` in each cell, by their short names."""
    return [short(case, case.options.index.intersection(cell.split(";"), sort=False), 2) for cell in cells.fillna("")]


def flip_words(tests: Fragility, case: Case) -> tuple[str, str]:
    """The smallest change of weights that changes the leader, as a title and a sentence."""
    flip, name = tests.flip, case.criteria["name"]
    if len(case.leaves) == 1:
        return "No change of weights changes the leader", "There is only one criterion."
    leader = case.options.at[flip.leader, "short"]
    if not flip.challenger:
        return "No change of weights changes the leader", f"{leader} scores at least as well throughout."
    challenger = case.options.at[flip.challenger, "short"]
    if flip.distance == 0:
        title = titled_as(f"{challenger} and {leader} lead together", "Two options lead together")
        return title, "The least change of weights parts them."
    amount = amount_moved(flip)
    amount = f"{amount} in 100 of weight move{'' if amount.endswith('s') else 's'}"
    title = titled_as(f"If {amount}, {challenger} takes the lead", f"Another option leads once {amount}")
    part = 2 * min(flip.changes.max(), -flip.changes.min()) / flip.changes.abs().sum()
    goes = "From" if part > 1 - 1e-6 else "Most of it goes from" if part > 0.5 else "The largest part goes from"
    return title, f"{goes} {quoted([name[flip.changes.idxmin()]])} to {quoted([name[flip.changes.idxmax()]])}."


def amount_moved(flip: Flip) -> str:
    """How many points in 100 of weight move until another option leads: in tenths where few do."""
    if flip.distance < 0.001:
        return "under 0.1 points"
    moved = f"{50 * flip.distance:.{0 if flip.distance >= 0.03 else 1}f}".removesuffix(".0")
    return f"{moved} point{'' if moved == '1' else 's'}"


def weights_in_force(study: Study, case: Case, ranking: Ranking) -> Exhibit:
    """Every weight: what it is, and between what ends the leader stays when it moves by itself."""
    ids = [each for root in case.roots for each in case.criteria.index if case.root_of(each) == root]
    shares = {each: weight_of(ranking, case, each) for each in ids}
    name, holds = case.criteria["name"], list[Column]()
    if study.fragility is not None:
        known = study.fragility.stability.reindex(ids)
        holds = [
            Column("Leader stays from", known["low"], "share"),
            Column("to", known["high"], "share"),
            Column("Below, leads", _rivals(known["below"], case), share=2),
            Column("Above, leads", _rivals(known["above"], case), share=2),
        ]
    table = Table.of(
        Column("Criterion", [name[each] if each in case.roots else f"   {name[each]}" for each in ids], share=3),
        Column("Weight", shares.values(), "share"),
        *holds,
        tones=["accent" if each in case.roots and len(ids) > len(case.roots) else "plain" for each in ids],
    )
    most = max(shares[root] for root in case.roots)
    tied = [root for root in case.roots if shares[root] > most - 1e-9]
    title = f"{joined(name[tied], 2)} {verb(len(tied), 'weigh')} most, {percent(most)}"
    title = titled_as(title, f"The top weight is {percent(most)}")
    footnote = "A weight says what the step from worst to best on a scale is worth, beside the others."
    return Exhibit(title, not_varied(ranking.weights, case), [table.filled()], footnote)


def points_given(case: Case, points: pd.DataFrame) -> Exhibit:
    """Every profile's swing points with the reason for them."""
    rows = points.reset_index()
    whose = Column("Whose", rows["profile"].map(titled), share=1.2)
    criteria = Column("Criterion", case.criteria["name"][rows["criterion"]], share=2.2)
    table = Table.of(whose, criteria, *columns_of(rows, "low likely high rationale"))
    note = "Points from 0 to 100 beside the biggest step among siblings: judgements, not statements."
    sets = counted(len(case.profiles), "set", sentence=True)
    return Exhibit(f"{sets} of weights, with the reasons for each", note, [table])


def widest(case: Case, options: list[str], each: int = 3) -> list[tuple[str, str]]:
    """The leaves on which each option's value is judged least sure; those without a range are not among them."""
    low, high = case.value_range
    spread = (high - low).loc[options]
    ranged = {option: row[row > 0] for option, row in spread.iterrows()}
    return [(option, leaf) for option in options for leaf in ranged[option].nlargest(each).index]


def _leading(tests: Fragility) -> list[str]:
    """The options that lead, the one that does so most often in front."""
    if tests.acceptability is None:
        return list(tests.information["option"].unique())
    return list(tests.acceptability.rank_acceptability[1].sort_values(ascending=False, kind="stable").index)


def to_find_out(case: Case, fragility: Fragility) -> Exhibit:
    """Which evidence, or where none is cited which score, is worth most to know."""
    if not (fragility.information["spread"] > 0).any():
        return Exhibit("No score was given a range", "What better evidence would be worth cannot be told.")
    together, share = fragility.together, float(fragility.together["probability"])
    cited = bool(len(fragility.evidence))
    noun, of, such = ("item", " of evidence", "all scores that cite an item") if cited else ("score", "", "a score")
    every_item = (fragility.evidence if cited else fragility.information).query("value >= 0.0005")
    worth, register = every_item.head(8), list[Column]()
    if cited:
        register = [Column("In the register", map(str, worth.index), share=2)]
        unsettled = list(case.register["claim"].reindex(worth.index).fillna(""))
    else:
        unsettled = [place_of(case, *place) for place in zip(worth["option"], worth["criterion"], strict=True)]
    evidence = Table.of(
        Column("What is to be settled", unsettled, share=5),
        Column("Worth, points", worth["value"].map("{:.2g}".format).astype(float), "number"),
        Column("Choice changes", worth["probability"], "share"),
        Column("Mostly to", _rivals(worth["switches_to"], case), share=2),
        *register,
    )
    pairs = widest(case, _leading(fragility)[:2])
    least_sure = Table(scores_at(case, pairs, "Least sure scores of"))
    many = len(every_item)
    title = f"{counted(many, noun, sentence=True)}{of} could {'each ' if many > 1 else ''}change the choice"
    title = title if many else f"More evidence on any one {noun} would not change the choice"
    every = f"All scores together could: in {trials(share)} another option wins."
    subtitle = every if share else "Nor would all scores together."
    subtitle += f" Knowing them all is worth {points(float(together['value']))}."
    footnote, rest = f"Worth: what settling {such} would add to the choice, in points of 100.", many - len(worth)
    return Exhibit(
        title, subtitle, [evidence, rest_of(rest, f"{noun}s"), least_sure], footnote, why_scored(case, pairs)
    )
