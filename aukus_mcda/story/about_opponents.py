# SPDX-License-Identifier: Apache-2.0
"""What a red team asks: what makes others win, how the leader would fail, how others answer, what counts twice."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from ..case import Case, probed
from ..form import WRITTEN, Chart, Column, Exhibit, Most, Table, judged_as, recorded, rest_of, titled_as, why_scored
from ..perspectives import AS_JUDGED, Win, against_lines, future_names, rank_in
from ..ranking import Ranking
from ..text import UNKNOWN, exact, joined, percent, points, titled
from ..weights import TIE
from .about_case import columns_of, evidence_cited
from .words import ahead_by, counted, leaders, quoted, short, tens_around

UNGRADED, UNCITED = "its evidence is not graded", "without evidence"
"""In the place of a grade, after every one of which they sort."""
HOW_RIVALS_WIN = (
    "Every score and swing point errs by the same part of its own range, in the option's favour. So shared out, no "
    "less is enough; one judgement alone may have to move further."
)


def rivals_that_could_win(case: Case, ranking: Ranking, wins: dict[str, Win]) -> Exhibit:
    """By how much all judgements would have to err for each other option to lead."""
    able, names = [win for win in wins.values() if win.future], case.options["short"]
    shown, today = able[: Most.OPTIONS], min(wins.values(), key=lambda win: win.as_judged)
    parts, as_judged = [100 * win.part for win in shown], [100 * min(win.as_judged, 1) for win in shown]
    then = Column("Then", [win.part for win in shown], "share", 0.7)
    judged = Column("As judged", [win.as_judged if win.as_judged <= 1 else None for win in shown], "share", 0.9)
    shows: Chart | Table = Table.of(Column.options(case, [win.option for win in shown]), judged)
    reads = ""
    if any(round(end - start) for start, end in zip(parts, as_judged, strict=True)):  # else no bar would be seen
        options, axis = [names[win.option] for win in shown], "Part of every range, per cent"
        ends = (0.0, tens_around(as_judged)[1])
        after = ["" if win.future == AS_JUDGED else _future_of(win, case) for win in shown]
        shows = Chart("spans", options, axis, ends, (), parts, as_judged, [then, judged], after=after)
        reads = "Bar: from the part it takes in the future named, to the part as judged. "
    subtitle = f"{counted(len(able), 'option', sentence=True)} could lead with all judgements in their ranges."
    if today.as_judged <= 1:
        subtitle += f" As judged, {names[today.option]} is nearest, at {percent(today.as_judged)}."
    blocks = shows, rest_of(len(able) - len(shown)), *_first_to_attack(ranking, case, shown)
    return Exhibit(_how_far(next(iter(wins.values())), case), subtitle, blocks, f"{reads}{HOW_RIVALS_WIN}")


def _first_to_attack(ranking: Ranking, case: Case, wins: list[Win]) -> list[Table]:
    """The evidence that most rivals would attack first, and for whom; nothing where none is cited."""
    rivals: dict[str, list[str]] = {}
    for win in wins:
        for item in to_attack(ranking, case, win).index[: Most.REASONS]:
            rivals.setdefault(str(item), []).append(win.option)
    first = dict(sorted(rivals.items(), key=lambda each: -len(each[1]))[: Most.JUDGEMENTS])
    claim, *others = evidence_cited(case, first).columns
    leading = Column("Attacked for", [short(case, options) for options in first.values()], share=3)
    return [Table([claim, leading, *others]).filled()] if first else []


def one_rival(case: Case, ranking: Ranking, wins: dict[str, Win], option: str) -> Exhibit:
    """What would have to be wrong for one option to lead, the moves that gain it most first, with their reasons."""
    win, names = wins[option], case.options["short"]
    moves = win.moves.head(2 * Most.JUDGEMENTS)
    if moves.empty:
        there = "There it leads on the judgements as they stand." if win.future else ""
        return Exhibit(_how_far(win, case), there, _attacked(ranking, case, win))
    of_weights = moves["option"] == ""
    now, then = (moves[end].map(WRITTEN["number"]).mask(of_weights, moves[end].map(percent)) for end in ("now", "then"))
    places = moves[["option", "criterion"]].itertuples(index=False, name=None)
    now = now.mask([bool(option) and case.unknown.at[option, leaf] for option, leaf in places], UNKNOWN)
    table = Table.of(
        Column("Judgement", moves["option"].map(names).fillna("Weight"), share=2),
        Column("On", case.criteria["name"][moves["criterion"]], share=3),
        Column("Now", now),
        Column("Then", then),
        Column("Gains, points", moves["gain"], "number"),
    )
    gained = f"what it gains on {leaders(ranking, case)} adds up to {points(win.moves['gain'].sum())}."
    scores = moves.loc[~of_weights, ["option", "criterion"]].itertuples(index=False, name=None)
    blocks = table, rest_of(len(win.moves) - len(moves), "judgements"), *_attacked(ranking, case, win)
    notes = ["What an opponent would attack:", *why_scored(case, scores)]
    return Exhibit(_how_far(win, case), f"{_future_of(win, case)}: {gained}", blocks, HOW_RIVALS_WIN, notes)


def _how_far(win: Win, case: Case) -> str:
    name, rival = case.options.at[win.option, "short"], "The nearest rival"
    fate = "does not lead whichever way the judgements err"
    if 0 < win.part <= 1:
        fate = f"leads if every judgement is {percent(win.part)} off in its favour"
    elif win.future:
        there = f"In {quoted([_future_of(win, case)])}"
        return titled_as(
            f"{there} {name} leads", f"{there} the nearest rival leads", f"{rival} leads in another future"
        )
    return titled_as(f"{name} {fate}", f"{rival} {fate}")


def _future_of(win: Win, case: Case) -> str:
    return str(future_names(case).get(win.future, ""))


def to_attack(ranking: Ranking, case: Case, win: Win) -> pd.Series:
    """The evidence an opponent would attack, by id, the most worthwhile first, with the points that rest on it.

    These are the items that the scores cite which gain the option most on today's leader; where it leads in another
    future without any change, those that the future cites, and no points.
    """
    if len(win.moves):
        scored = win.moves[win.moves["option"] != ""].set_index(["option", "criterion"])["gain"]
        resting = case.scores.loc[scored.index, "evidence"].explode().to_frame("item").join(scored).groupby("item")
        return resting["gain"].sum().sort_values(ascending=False, kind="stable")
    rows = case.scenarios[case.scenarios["scenario"] == win.future]
    own = rows[rows["option"].isin([win.option, *ranking.leaders])]
    known = case.evidence.index.intersection(own["evidence"].explode().unique(), sort=False)
    return pd.Series(math.nan, index=known)


def _attacked(ranking: Ranking, case: Case, win: Win) -> list[str | Table]:
    """A table of the evidence to attack, or a line that there is none."""
    gains = to_attack(ranking, case, win)
    if gains.empty:
        return ["The judgements that would have to be wrong cite no evidence."] if win.future else []
    top = gains.head(Most.JUDGEMENTS)
    columns = [*evidence_cited(case, top.index).columns, Column("Points on it", top, "score")]
    return [Table(columns).filled(), rest_of(len(gains) - len(top), "items")]


def premortem(case: Case, compared: Ranking) -> Exhibit:
    """Two years on the leader has failed: the reasons the case itself gives."""
    leader = compared.leaders[0]
    name, day, row = case.options.at[leader, "short"], case.about.as_of, case.options.loc[leader]
    broken, weak = _broken(compared, case, leader), _weakest(compared, case, leader)
    # What was tested and held is grey, and no reason.
    tested = [*_gave_way(case, broken), *_weakly_known(compared, case, leader, weak), *_near_lines(case, leader)]
    reasons = [each for each in tested if each[-1] != "grey"]
    held = joined(dict.fromkeys(says for *_, says, _, tone in tested if tone == "grey"), Most.OPTIONS)
    depends = case.assumptions.loc[list(row["depends_on"]), "statement"]
    untested = joined(depends.drop([item for *_, item in broken]))
    headings = {"Because": 1.4, "What gave way": 3.2, "What the case says of it": 3.4, "Sign to watch": 3}
    table = Table.by_rows(reasons, headings)
    there = {
        "what it depends on": len(row["depends_on"]) > 0,
        "a future that breaks what it depends on": len(broken) > 0,
        "evidence for its scores": bool(case.scores.loc[leader, "evidence"].map(len).any()),
        "a red line": len(case.redlines) > 0,
    }
    silent = joined(what for what, told in there.items() if not told)
    when = f"It is {day:%B} {day.year + 2}" if day else "It is two years from now"
    gives = f"The case itself gives {'these reasons' if reasons else 'no reason'}."
    otherwise = "How {} would fail" if reasons else "The case knows no reason why {} would fail"
    blocks = (
        table.filled(),
        f"Tested and held: {held}." if held else "",
        f"No future tests this: {untested.rstrip('.')}." if untested else "",
        f"The case is silent on {silent}." if silent else "",
    )
    footnote = (
        "A reason makes the leader fall behind or cross a red line, at the likely scores or at the low end of a range. "
        "Looked at: what it depends on, its scores on the weakest evidence, and red lines."
    )
    risk = f"The risk that its authors name: {row['risk']} What would lessen it: {row['mitigation']}"
    notes = [row["risk"] and risk, *why_scored(case, [(leader, leaf) for leaf in weak.index])]
    title, subtitle = _fails_first(case, name, broken, otherwise), f"{when}, and {name} has failed. {gives}"
    return Exhibit(title, subtitle, blocks, footnote, notes)


def _broken(ranking: Ranking, case: Case, leader: str) -> list[tuple[float, str, str]]:
    """By how much the leader leads in each future that breaks an assumption it depends on; the two, the worst first."""
    broken_in = case.assumptions.loc[list(case.options.at[leader, "depends_on"]), "broken_in"].explode().dropna()
    leads = {}
    for future in broken_in.unique():
        scores = rank_in(case, ranking.weights, future).ranked["score"]
        leads[future] = round(float(scores[leader] - scores.drop(leader).max()), 9)  # a tie is no fall
    return sorted((leads[future], future, str(item)) for item, future in broken_in.items())


def _gave_way(case: Case, broken: list[tuple[float, str, str]]) -> Iterator[tuple[str, ...]]:
    """What the leader depends on, and what becomes of it in the futures that break that."""
    names, rows = future_names(case), case.assumptions
    for lead, future, item in broken:
        says, tone = f"{names[future]}: it falls {points(-lead)} behind", "warn"
        if lead >= 0:
            says, tone = f"{names[future]} ({f'ahead by {points(lead)}' if lead else 'a tie'})", "grey"
        yield "It rested on", rows.at[item, "statement"], says, rows.at[item, "signpost"], tone


def _weakest(ranking: Ranking, case: Case, leader: str) -> pd.DataFrame:
    """The leader's scores on the weakest evidence: by leaf the best grade it has, and the points at risk."""
    items = case.evidence.join(case.sources["reliability"], on="source")
    grades = (items["credibility"] + items["reliability"]).fillna("").replace("", UNGRADED)
    best = case.scores.loc[leader, "evidence"].map(lambda cites: min(grades[list(cites)], default=UNCITED))
    loss = (case.values - case.value_range[0]).loc[leader] * ranking.weights.values
    table = pd.DataFrame({"best": best, "loss": loss}).query("loss > 0")
    return table.sort_values(["best", "loss"], ascending=False, kind="stable").head(Most.REASONS)


def _weakly_known(ranking: Ranking, case: Case, leader: str, weakest: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    lead = ahead_by(ranking) or 0.0
    for leaf, row in weakest.iterrows():
        name, best, behind = case.criteria.at[leaf, "name"], row["best"], row["loss"] - lead
        says, tone = f"{name} (at its low end {points(abs(behind))} ahead)", "grey"
        if behind > TIE:
            grade = best if best in (UNGRADED, UNCITED) else f"its best evidence is graded {best[1:]}{best[0]}"
            judged = judged_as(case.scores.loc[(leader, leaf)]).capitalize()
            says, tone = f"{judged}; {grade}; at its low end it falls {points(behind)} behind", "plain"
        yield "We did not know", name, says, "", tone


def _near_lines(case: Case, leader: str) -> Iterator[tuple[str, ...]]:
    """The red lines that the leader crosses, at the likely scores or at the low ends, and the others nearest to it."""
    lines = against_lines(case).reset_index()
    lines = lines[lines["option"] == leader].assign(spare=lines["value"] - lines["least_value"])
    for row in lines.nsmallest(Most.REASONS, "spare").itertuples():
        whose, name, least = titled(row.profile), case.criteria.at[row.criterion, "name"], exact(row.least_value)
        says, tone = f"{whose}'s red line on {name} ({row.low:.0f} at its low end, at least {least})", "grey"
        if row.breaches:
            says, tone = f"Worth {row.value:.0f}: crossed by {points(-row.spare)}", "warn"
        elif row.low < row.least_value - TIE:
            spare = f"{points(row.spare)} to spare, but {row.low:.0f} at the low end of the range"
            says, tone = f"Worth {row.value:.0f}: {spare}", "plain"
        yield "It crossed a line", f"{whose}: {name}, at least {least}", says, "", tone


def _fails_first(case: Case, leader: str, broken: list[tuple[float, str, str]], otherwise: str) -> str:
    """In which future that breaks what it depends on the leader does worst, as a title."""
    wordings = [otherwise]
    if broken and broken[0][0] < 0:
        wordings = [f"{{}} fails first in {quoted([future_names(case)[broken[0][1]]])}", otherwise]
    elif broken:
        fate = "leads even" if broken[0][0] else "at worst shares the lead"
        wordings = [f"{{}} {fate} where what it rests on breaks"]
    return titled_as(*(each.format(who) for who in (leader, "The leader") for each in wordings))


def answers_of_others(case: Case, ranking: Ranking) -> Exhibit | None:
    """How others would best answer each option, as judged, and what would tell in time; None without any."""
    ranked, names = ranking.ranked.index, case.criteria["name"]
    ranked = ranked.intersection(case.responses.index.get_level_values("option"), sort=False)
    if ranked.empty:
        return None
    rows = case.responses.loc[ranked].reset_index()
    rows = rows.assign(short=rows["option"].map(case.options["short"]), scale=rows["criterion"].map(names))
    scales = [leaf for leaf in case.leaves if leaf in set(rows["criterion"])]
    whose = rows.groupby(["criterion", "option"])["actor"].agg(joined)
    worth = {place: f"{who} {case.values.at[place[::-1]]:.0f}" for place, who in whose.items()}
    columns = [Column(names[leaf], [worth.get((leaf, each), "") for each in ranked], share=2) for leaf in scales]
    by_scale = Table.of(Column.options(case, ranked), *columns)
    first = rows[rows["option"].isin(ranked[: Most.ANSWERED])]
    told = columns_of(first, "actor response signpost owner by")
    detail = Table([Column("Option", first["short"], share=1.7), *told]).filled()
    most = rows["scale"].mode()[0]
    count = f"{int(rows['scale'].eq(most).sum())} of {len(rows)} best answers are counted on"
    subtitle = "The number is the option's own judged value on the scale on which that answer is counted, "
    subtitle += "from 0 to 100. It is not a score of the answer."
    footnote = "Compare numbers within a column alone: scales differ. Values at likely scores; 100 is best. "
    footnote += "The answers are the authors' judgement."
    blocks = by_scale, detail, rest_of(len(ranked[Most.ANSWERED :]))
    notes = recorded(rows, "{short}, {actor}: {rationale} Counted on {scale}.")
    return Exhibit(titled_as(f"{count} {most}", f"{count} one scale"), subtitle, blocks, footnote, notes)


def criteria_that_may_overlap(case: Case, doubtful_pairs: dict[tuple[str, str], str]) -> Exhibit:
    """Pairs of criteria whose sum may mislead, and what was answered about them both ways."""
    name = case.criteria["name"]
    ways = {way: why for (one, other), why in doubtful_pairs.items() for way in ((one, other), (other, one))}
    answers = case.probes.reindex(pd.MultiIndex.from_tuples(ways)).fillna("")
    probes = zip(ways, answers["answer"], strict=True)
    answered = Column("Answer", [probed(answer, *name[list(way)]) for way, answer in probes], share=4)
    reasons = columns_of(answers, "reason judged_by")
    table = Table.of(Column("Why it is asked", ways.values(), share=3), answered, *reasons)
    title = f"{counted(len(doubtful_pairs), 'pair', sentence=True)} of criteria might count one thing twice"
    standing = int((answers["answer"] == "matters").sum())
    subtitle = f"By {standing} of {len(ways)} answers the one is wanted wherever the other stands."
    footnote = "Asked of two options alike in all but one criterion: is the better one preferred? Both ways."
    return Exhibit(title, subtitle, [table.filled()], footnote)
