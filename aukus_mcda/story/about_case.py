# SPDX-License-Identifier: Apache-2.0
"""The case: options, criteria, scales and assumptions, the evidence it rests on, what a reviewer should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..case import UNJUDGED, Case
from ..form import Column, Exhibit, Most, Table, as_judged, costs, place_of, recorded, rest_of, titled_as, why_scored
from ..ranking import Ranking
from ..text import UNKNOWN, exact, in_full, titled
from ..uncertainty import drawn
from .words import (
    bent_at,
    case_date,
    counted,
    evidence_covered,
    numeral,
    rank_labels,
    short,
    spelt,
    verb,
    weight_of,
    whose,
)

if TYPE_CHECKING:
    from ..analysis import Study

HEADINGS = pd.read_csv(Path(__file__).with_name("headings.csv"), index_col="name")
"""How a reader knows the columns of a case, of what kind they are and how wide."""
NO_REASON = "No reason is recorded."
GRADES = "Sources are graded A (completely reliable) to E, items 1 (confirmed) to 5; F and 6: cannot be judged."


def columns_of(table: pd.DataFrame, names: str) -> list[Column]:
    """Columns of a table of the case, each as `headings.csv` has it."""
    if "distribution" in table:  # scores; of those that nobody knows the middle is no judgement
        table = table.assign(likely=table["likely"].astype(object).mask(table["distribution"] == UNJUDGED, UNKNOWN))
    rows = HEADINGS.loc[names.split()].itertuples()
    return [Column(row.heading, table[row.Index], row.kind, row.share) for row in rows]


def to_watch(study: Study, case: Case) -> pd.DataFrame:
    """The assumptions that carry the answer and may fail, or all where none does both; the leaders' own come first."""
    both = _critical(case)
    rows = case.assumptions[both] if both.any() else case.assumptions
    own = set(case.options.loc[list(study.ranking.leaders), "depends_on"].explode())
    return rows.loc[sorted(rows.index, key=lambda each: each not in own)]


def _critical(case: Case) -> pd.Series:
    return case.assumptions["load_bearing"].eq("yes") & case.assumptions["vulnerable"].eq("yes")


def next_review(study: Study, case: Case) -> Table | str:
    """When the case is looked at again, and for which signs; blank where it says neither."""
    due = case.about.review_by
    signs = "; ".join(filter(None, to_watch(study, case)["signpost"].head(Most.SIGNS)))
    when = f"Next review, by {in_full(due)}" if due else "Next review"
    columns = [Column("", [when]), Column("", [signs or "The case names no sign to watch."])]
    return Table(columns, "steps", ["accent"]) if due or signs else ""


def assumptions_to_watch(study: Study, case: Case, assumptions: pd.DataFrame) -> Exhibit:
    """The assumptions that carry the answer and may fail, each with the sign to watch."""
    rows, count = to_watch(study, case).head(Most.ASSUMPTIONS), int(_critical(case).sum())
    shown = f" {numeral(len(rows)).capitalize()} are shown." if count > len(rows) else ""
    columns = Column("If this fails, look again", rows["statement"]), Column("Sign to watch", rows["signpost"])
    table = Table(columns, down="assumptions")
    could = f"{counted(count, 'assumption', sentence=True)} could overturn this"
    title = could if count else "No assumption both carries the answer and may fail"
    some = f"{'Each' if count > 1 else 'It'} carries much of the answer and may fail.{shown}" if count else ""
    notes = ["What would keep each true, and what lessens the harm:", *recorded(rows, "{statement} {shaping} {hedge}")]
    return Exhibit(title, some, [table], notes=notes)


def all_assumptions(assumptions: pd.DataFrame) -> Exhibit:
    """Every assumption, critical or not."""
    table = Table(columns_of(assumptions, "statement load_bearing vulnerable signpost shaping hedge"))
    return Exhibit(f"The case rests on {counted(len(assumptions), 'assumption')}", blocks=[table])


def options_described(case: Case, ranking: Ranking) -> Exhibit:
    """What each option would mean, its main risk, what would lessen it, its effort and time to effect."""
    options, screened = case.options.loc[ranking.table.index], case.screened
    table = Table.of(
        Column("Rank", rank_labels(ranking)[options.index], share=0.7),
        *columns_of(options, "name description risk mitigation effort time_to_effect"),
        costs(case, options.index),
    )
    many = f"{counted(len(options), 'option', sentence=True)} were compared"
    title = many if len(options) > 1 else "One option was judged"
    out = f"{short(case, screened.index)} {verb(len(screened), 'are')} screened out and not ranked."
    footnote = "Effort, judged from 0 to 10, and months to effect stand beside the ranking; they are no criteria."
    footnote = footnote if options[["effort", "time_to_effect"]].notna().any(axis=None) else ""
    reasons = [f"Screened out: {case.options.at[each, 'short']}. {reason}" for each, reason in screened.items()]
    notes = [*reasons, *recorded(options, "{short}: {mechanism}")]
    return Exhibit(title, out if len(screened) else "", [table.filled()], footnote, notes)


def ends_described(case: Case) -> pd.DataFrame:
    """What the worst and the best end of each scale mean; where nobody has said it, the number with its unit."""
    scales = case.criteria.loc[list(case.leaves)]
    raw = scales[["worst", "best"]].map(exact).add(" " + scales["unit"], axis=0).apply(lambda texts: texts.str.rstrip())
    means = scales[["worst_means", "best_means"]].set_axis(["worst", "best"], axis=1)
    return means.mask(means == "", raw)


def scales_described(case: Case) -> Exhibit:
    """Both ends of every scale, what was asked, and how far the options differ on it."""
    rows, values = case.criteria.loc[list(case.leaves)].copy(), case.values.drop(index=case.screened.index)
    rows[["worst_means", "best_means"]] = ends_described(case)[["worst", "best"]]
    spread = (values.max() - values.min())[rows.index]
    scales = Column("Criterion", [_on_branch(case, leaf) for leaf in rows.index], share=3)
    ends, differ = columns_of(rows, "worst_means best_means"), Column("Options differ by", spread, "score")
    table = Table.of(scales, *ends, differ)
    furthest = "No scale tells them apart."
    if spread.max() > 0:
        furthest = f"They differ most on {rows.at[spread.idxmax(), 'name']}, by {spread.max():.0f} of 100 points."
    asked = zip(rows["name"], rows["question"], rows["excludes_meaning"], strict=True)
    notes = [f"{name}: {asks} {spelt(out, case)}".strip() for name, asks, out in asked if asks or out]
    return Exhibit(f"Options are judged on {counted(len(rows), 'scale')}", furthest, [table.filled()], notes=notes)


def scale_in_question(case: Case, compared: Ranking) -> Exhibit | None:
    """What scores mean on the scale that most sets the leader ahead; None unless it is told.

    A reader who doubts the answer can begin here: place the two options on this scale, and see whether they agree.
    """
    first = list(compared.ranked.index[:2])
    ahead = compared.contributions.loc[first[0]] - compared.contributions.loc[first[1]]
    leaf = str(ahead.idxmax())
    if ahead[leaf] <= 0 or not all(case.levels_of(leaf)):
        return None
    scores, scale = case.scores.xs(leaf, level="criterion"), case.criteria.loc[leaf]
    judged = "; ".join(f"{case.options.at[each, 'short']} {as_judged(scores.loc[each])}" for each in first)
    title = titled_as(f"What a score means: {scale['name']}", "What a score means on the scale in question")
    subtitle = f"On no other scale is the leader further ahead of the next option. Judged: {judged}."
    footnote = f"{scale['question']} {spelt(scale['excludes_meaning'], case)}"
    return Exhibit(title, subtitle, [_levels(case, leaf)], footnote, why_scored(case, [(each, leaf) for each in first]))


def _levels(case: Case, leaf: str) -> Table:
    levels = case.levels_of(leaf)
    columns = [Column("Score", levels.index, "number"), Column("What it means", levels, share=8)]
    return Table(columns).filled()


def _on_branch(case: Case, leaf: str) -> str:
    bends = bent_at(case, leaf)
    full = ": ".join(case.criteria["name"][list(dict.fromkeys((case.root_of(leaf), leaf)))])
    return f"{full}. Not a straight line: {bends}." if bends else full


def values_of_scores(case: Case, ranking: Ranking) -> Exhibit:
    """Scores turned into values from 0 to 100, options by scales."""
    values = case.values.astype(object).mask(case.unknown, UNKNOWN).loc[ranking.table.index]
    table = Table.heat(Column.options(case, values.index), values.rename(columns=case.criteria["name"]), "count")
    note = "0 is the worst considered, 100 the best: on a risk 100 means hardly any."
    return Exhibit("What each option is worth on each scale", note, [table])


def least_certain(case: Case) -> Exhibit:
    """The scores with the widest range; those without one are left out."""
    least, greatest = case.value_range
    every = (greatest - least).stack().sort_values(ascending=False, kind="stable")
    width = every[every > 0].head(Most.NAMED)
    if width.empty:
        return Exhibit("No score was given a range")
    places = list(width.index)
    table = Table.of(
        *scores_at(case, places),
        Column("Width, points", width, "score"),
        Column("Why", case.scores.loc[places, "rationale"], share=4),
    )
    title = titled_as(f"Least certain: {place_of(case, *places[0])}", "Where the judgements are least certain")
    rest = rest_of(int((every > 0).sum()) - len(width), "scores with a range")
    return Exhibit(title, f"Its range is {width.iloc[0]:.0f} of 100 points wide.", [table, rest])


def scores_at(case: Case, places: Sequence[tuple[str, str]], heading: str = "Option") -> list[Column]:
    """The option, the criterion and the range of scores, as columns of a table."""
    options, leaves = zip(*places, strict=True)
    names, scales = case.options["short"][list(options)], case.criteria["name"][list(leaves)]
    judged = columns_of(case.scores.loc[list(places)], "low likely high")
    return [Column(heading, names, share=2), Column("Criterion", scales, share=2.5), *judged]


def findings_for_review(study: Study, case: Case) -> Exhibit:
    """What a reviewer should know of the case and the weights."""
    findings = study.findings
    if findings.empty:
        return Exhibit("The checks have nothing to tell a reviewer")
    told, place = ([spelt(each, case) for each in findings[name]] for name in ("finding", "place"))
    standard = Column("Standard", findings["standard"], share=3)
    table = Table.of(Column("Finding", told, share=6), Column("Where", place, share=3), standard)
    title = f"A reviewer should know {counted(len(findings), 'point')}"
    return Exhibit(title, "None of them stops the ranking.", [table])


def evidence_base(case: Case) -> Exhibit:
    """How many scores rest on how many items, on which most, and how these are graded."""
    ids = case.scores["evidence"]
    items = case.evidence.join(case.sources["reliability"], on="source")
    counts = {"scores": ids.explode().value_counts(), "alone": ids[ids.map(len) == 1].explode().value_counts()}
    table = items.join(pd.DataFrame(counts).reindex(items.index).fillna(0).astype(int))
    used = table[table["scores"] > 0].sort_values(["scores", "alone"], ascending=False, kind="stable")
    fallen = table[table["status"] != "stands"]
    cites = fallen["scores"].map(lambda count: "a score still cites it" if count else "no score cites it")
    notes = list(fallen["claim"] + " Now " + fallen["status"] + "; " + cites + ".")
    lost = f"{counted(len(fallen), 'item', sentence=True)} no longer {verb(len(fallen), 'stand')}." if notes else ""
    if used.empty:
        return Exhibit("No score cites evidence", f"The register has {len(table)} items. {lost}".strip(), notes=notes)
    backed, good = int((ids.map(len) > 0).sum()), int(used["reliability"].isin(["A", "B"]).sum())
    top, graded = used.head(Most.NAMED), pd.crosstab(used["reliability"], used["credibility"])  # never averaged
    most_cited = Table.of(
        *columns_of(top, "claim scores alone"),
        Column("Source", top["reliability"], share=0.9),
        Column("Item", top["credibility"].map(str), share=0.7),
        Column("In the register", map(str, top.index), share=2),
    )
    items_of = [Column(f"Item {grade}", graded[grade], "count") for grade in graded]
    by_grade = Table([Column("Source", graded.index), *items_of])
    title = f"{backed} of {len(ids)} scores cite evidence, {len(used)} items in all"
    subtitle = f"{good} items come from sources graded A or B. {lost}".strip()
    footnote = f"{GRADES} Alone: scores that cite nothing else. {evidence_covered(case)}".strip()
    return Exhibit(title, subtitle, [most_cited, rest_of(len(used) - len(top), "items"), by_grade], footnote, notes)


def one_score(case: Case, option: str, criterion: str) -> Exhibit:
    """A score read down to its sources: the judgement, the reason, and each item of evidence with its grades."""
    place = place_of(case, option, criterion)
    if (option, criterion) not in case.scores.index:
        return Exhibit(titled_as(f"{place} was not judged", "This was not judged"))
    row = case.scores.loc[(option, criterion)]
    judged = as_judged(row)
    by = "".join(f" {word} {row[name]}" for word, name in (("by", "judged_by"), ("on", "as_of")) if row[name])
    evidence = evidence_cited(case, row["evidence"]).filled() if row["evidence"] else "It cites no evidence."
    worth = f"Worth {case.values.at[option, criterion]:.0f} of 100{f'; judged{by}' if by else ''}."
    blocks = [row["rationale"] or NO_REASON, evidence, _levels(case, criterion)]
    return Exhibit(titled_as(f"{place}: {judged}", judged), worth, blocks)


def evidence_cited(case: Case, ids: Iterable[str]) -> Table:
    """Items of evidence: what each says, its source, both grades, and whether it stands."""
    items = case.evidence.loc[list(ids)].join(case.sources[["title", "reliability"]], on="source")
    graded = items.assign(grade=items["reliability"] + items["credibility"])
    return Table(columns_of(graded, "claim title where role grade status"))


def scores_of_one(case: Case, option: str) -> Exhibit:
    """Every score of an option, with its range and the reason for it."""
    rows = case.scores.loc[[option]].droplevel(0)
    table = Table.of(
        Column("Criterion", case.criteria["name"][rows.index], share=2.5),
        Column("Judged", [as_judged(row) for _, row in rows.iterrows()], share=1.5),
        Column("Worth", case.values.loc[option, rows.index], "count"),
        Column("Why", rows["rationale"].replace("", NO_REASON), share=5),
        *columns_of(rows, "judged_by as_of"),
    )
    return Exhibit(f"{case.options.at[option, 'short']}: {counted(len(rows), 'score')}", blocks=[table.filled()])


def sources_cited(case: Case) -> Exhibit | None:
    """The sources that the judgements cite, with their grades; None without any."""
    items = case.evidence.loc[case.evidence.index.isin(case.scores["evidence"].explode())]
    rows = case.sources[case.sources.index.isin(items["source"])]
    if rows.empty:
        return None
    table = Table(columns_of(rows, "title publisher published address reliability note")).filled()
    return Exhibit(f"The judgements cite {counted(len(rows), 'public source')}", GRADES, [table])


def made_from(study: Study, case: Case) -> Exhibit:
    """How the ranking is made, and from what."""
    method = "Additive value model: scores become values from 0 to 100 between the declared worst and best, "
    method += "added up by swing weights."
    ranges = drawn(case, study.ranking.weights)
    if ranges:
        method += f" {' and '.join(ranges).capitalize()} vary in the trials."
    entries, about = list(study.provenance.items()), case.about
    first = [name for name, _ in entries].index("python")  # what the results were computed with comes last
    software = "; ".join(f"{name} {version}" for name, version in entries[first:])
    interests = about.reviewer_interests and f"interests: {about.reviewer_interests}"
    review = "; ".join(filter(None, (about.reviewer, interests, str(about.reviewed_on or ""), about.review_result)))
    entries[first:] = [("independent review", review if about.reviewer else "none recorded"), ("software", software)]
    names, values = zip(("method", method), *entries, strict=True)
    table = Table.of(Column("What", names, share=3), Column("Which", values, share=9))
    return Exhibit("Made from these inputs, and can be made again", whose(study), [table])


def made_from_in_a_line(study: Study, case: Case) -> Exhibit:
    """The same to be unfolded: a line, and all else among its notes."""
    whole = made_from(study, case)
    (table,) = whole.of(Table)
    return Exhibit("", whole.title, notes=[whole.subtitle, *(f"{name}: {value}" for name, value in table.rows)])


def profiles_compared(case: Case, ranking: Ranking, by_profile: Mapping[str, Ranking]) -> Exhibit:
    """The weight of each top criterion by each profile."""
    rankings = {titled(name): each for name, each in by_profile.items()}
    if ranking.weights.name not in by_profile:
        rankings["The analyst"] = ranking
    return weights_side_by_side(case, rankings)


def weights_side_by_side(case: Case, rankings: Mapping[str, Ranking]) -> Exhibit:
    """The weight of each top criterion in each of several rankings, by whose they are."""
    weights = {whose: {root: weight_of(each, case, root) for root in case.roots} for whose, each in rankings.items()}
    shares = pd.DataFrame(weights).T.rename(columns=case.criteria["name"])
    # The longer side goes down the page.
    heading, frame = ("Whose", shares) if len(shares) >= len(shares.columns) else ("Criterion", shares.T)
    table = Table.heat(Column(heading, frame.index, share=2), frame, "share")
    title = f"{counted(len(rankings), 'set', sentence=True)} of weights side by side"
    return Exhibit(title, case_date(case), [table])
