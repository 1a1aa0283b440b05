"""The case: options, criteria, scales and assumptions, the evidence it rests on, what a reviewer should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..errors import shown
from ..text import joined, titled
from ..uncertainty import drawn
from .exhibit import Column, Exhibit, Table, cited, titled_as
from .words import case_date, counted, rank_labels, short, spelt, verb, weight_of, whose

if TYPE_CHECKING:
    from ..analysis import Study

WATCHED = 5
"""Assumptions that the story names; the annex has them all."""
MOST_ITEMS = 15
"""Items of evidence, and scores, that a table names."""
GRADES = "Sources are graded A (completely reliable) to E, items 1 (confirmed) to 5; F and 6: cannot be judged."


def columns_of(table: pd.DataFrame, headings: dict[str, tuple[str, float]]) -> list[Column]:
    """Columns of texts, each under a heading and with a share of the width."""
    return [Column(heading, list(table[name]), share=share) for heading, (name, share) in headings.items()]


def assumptions_to_watch(study: Study, case: Case) -> Exhibit | None:
    """The assumptions that carry the answer and may fail, each with the sign to watch; None without any."""
    table = case.assumptions
    if table.empty:
        return None
    critical = table[(table["load_bearing"] == "yes") & (table["vulnerable"] == "yes")]
    rows, count = (critical if len(critical) else table).head(WATCHED), len(critical)
    headings = {"If this fails, look again": ("statement", 1.0), "Sign to watch": ("signpost", 1.0)}
    could = f"{counted(count, 'assumption', sentence=True)} could overturn this"
    return Exhibit(
        could if count else "No assumption both carries the answer and may fail",
        f"Each carries much of the answer and may fail. {len(rows)} are shown." if count > len(rows) else "",
        [Table(columns_of(rows, headings), "Assumptions that carry the answer, and the sign that each fails.")],
        notes=[
            "What would keep each true, and what lessens the harm:",
            *(
                f"{row['statement']} {row['shaping']} {row['hedge']}{cited(row['evidence'])}"
                for _, row in rows.iterrows()
            ),
        ],
    )


def all_assumptions(study: Study, case: Case) -> Exhibit | None:
    """Every assumption, critical or not; None without any."""
    if case.assumptions.empty:
        return None
    headings = {
        "Assumption": ("statement", 3.0),
        "Load-bearing": ("load_bearing", 1.1),
        "Vulnerable": ("vulnerable", 1.1),
        "Sign that it fails": ("signpost", 2.4),
        "What keeps it true": ("shaping", 2.2),
        "What lessens the harm": ("hedge", 2.2),
    }
    table = Table(columns_of(case.assumptions, headings), "Every assumption of the case.")
    return Exhibit(f"The case rests on {counted(len(case.assumptions), 'assumption')}", "", [table])


def options_described(study: Study, case: Case) -> Exhibit:
    """What each option would mean, its main risk, what would lessen it, its effort and time to effect."""
    options = case.options.loc[study.ranking.table.index]
    headings = {
        "Option": ("name", 2.4),
        "What it would mean": ("description", 4.0),
        "Main risk": ("risk", 3.0),
        "What would lessen it": ("mitigation", 3.0),
    }
    columns = [
        Column("Rank", list(rank_labels(study.ranking)[options.index]), share=0.7),
        *columns_of(options, headings),
        Column("Effort", list(options["effort"]), "number", 0.9),
        Column("Months", list(options["time_to_effect"]), "number", 1.0),
    ]
    out = list(case.screened.index)
    aside = f"{short(case, out)} {verb(len(out), 'are')} screened out and not ranked." if out else ""
    return Exhibit(
        f"{counted(len(options), 'option', sentence=True)} were compared"
        if len(options) > 1
        else "One option was judged",
        aside,
        [Table(columns, "Every option described.").filled()],
        footnote="Effort, judged from 0 to 10, and months to effect stand beside the ranking; they are no criteria.",
        notes=[
            *(
                f"Screened out: {case.options.at[option, 'short']}. {reason}"
                for option, reason in case.screened.items()
            ),
            *(f"{row['short']}: {row['mechanism']}{cited(row['evidence'])}" for _, row in options.iterrows()),
        ],
    )


def scales_described(study: Study, case: Case) -> Exhibit:
    """Both ends of every scale, what was asked, and how far the options differ on it."""
    leaves, name = list(case.leaves), case.criteria["name"]
    rows, values = case.criteria.loc[leaves], case.values.drop(index=list(case.screened.index))
    spread = (values.max() - values.min())[leaves]
    headings = {
        "Worth 0: the worst considered": ("worst_means", 3.0),
        "Worth 100: the best considered": ("best_means", 3.0),
    }
    columns = [
        Column("Criterion", [_on_branch(case, leaf) for leaf in leaves], share=3),
        *columns_of(rows, headings),
        Column("Options differ by", list(spread), "score"),
    ]
    apart = spread.max() > 0
    return Exhibit(
        f"Options are judged on {counted(len(leaves), 'scale')}",
        f"They differ most on {name[spread.idxmax()]}, by {spread.max():.0f} of 100 points."
        if apart
        else "No scale tells them apart.",
        [Table(columns, "Both ends of every scale.").filled()],
        notes=[
            f"{row['name']}: {row['question']} {spelt(row['excludes_meaning'], case)}".strip()
            for _, row in rows.iterrows()
            if row["question"] or row["excludes_meaning"]
        ],
    )


def _on_branch(case: Case, leaf: str) -> str:
    root, name = case.root_of(leaf), case.criteria["name"]
    full = name[leaf] if root == leaf else f"{name[root]}: {name[leaf]}"
    bends = joined(f"{shown(raw)} is worth {shown(value)}" for raw, value in case.value_function(leaf).bends)
    return f"{full}. Not a straight line: {bends}." if bends else full


def values_of_scores(study: Study, case: Case) -> Exhibit:
    """Scores turned into values from 0 to 100, options by scales."""
    options = list(study.ranking.table.index)
    values, name = case.values.loc[options], case.criteria["name"]
    columns = [Column(name[leaf], list(values[leaf]), "count") for leaf in case.leaves]
    option = Column("Option", list(case.options["short"][options]), share=2)
    return Exhibit(
        "What each option is worth on each scale",
        "0 is the worst considered, 100 the best: on a risk 100 means hardly any.",
        [Table([option, *columns], "Values of all scores.", "heat")],
    )


def least_certain(study: Study, case: Case) -> Exhibit:
    """The scores with the widest range; those without one are left out."""
    least, greatest = case.value_range
    width = (greatest - least).stack().sort_values(ascending=False, kind="stable").head(MOST_ITEMS)
    width = width[width > 0]
    if width.empty:
        return Exhibit("No score was given a range")
    rows = case.scores.loc[list(width.index)]
    options, leaves = (list(width.index.get_level_values(level)) for level in (0, 1))
    table = Table(
        [
            Column("Option", list(case.options["short"][options]), share=2),
            Column("Criterion", list(case.criteria["name"][leaves]), share=2.5),
            *(Column(end.capitalize(), list(rows[end]), "number", 0.9) for end in ("low", "likely", "high")),
            Column("Width, points", list(width), "score"),
            Column("Why", list(rows["rationale"]), share=4),
        ],
        "The scores with the widest ranges.",
    )
    place = f"{case.options.at[options[0], 'short']} on {case.criteria.at[leaves[0], 'name']}"
    return Exhibit(
        titled_as(f"Least certain: {place}", "Where the judgements are least certain"),
        f"Its range is {width.iloc[0]:.0f} of 100 points wide.",
        [table],
    )


def findings_for_review(study: Study, case: Case) -> Exhibit:
    """What a reviewer should know of the case and the weights."""
    findings = study.findings
    if findings.empty:
        return Exhibit("The checks have nothing to tell a reviewer")
    columns = [
        Column("Finding", [spelt(each, case) for each in findings["finding"]], share=6),
        Column("Where", [spelt(each, case) for each in findings["place"]], share=3),
        Column("Standard", list(findings["standard"]), share=3),
    ]
    title = f"A reviewer should know {counted(len(findings), 'point')}"
    return Exhibit(title, "None of them stops the ranking.", [Table(columns, "Departures from good practice.")])


def evidence_base(study: Study, case: Case) -> Exhibit:
    """How many scores rest on how many items, on which most, and how these are graded."""
    ids = case.scores["evidence"]
    counts = pd.DataFrame(
        {"scores": ids.explode().value_counts(), "alone": ids[ids.map(len) == 1].explode().value_counts()}
    )
    items = case.evidence.join(case.sources["reliability"], on="source")
    table = items.join(counts.reindex(items.index).fillna(0).astype(int))
    used = table[table["scores"] > 0].sort_values(["scores", "alone"], ascending=False, kind="stable")
    if used.empty:
        return Exhibit("No score cites evidence", f"The register has {len(table)} items.")
    backed, good = int((ids.map(len) > 0).sum()), int(used["reliability"].isin(["A", "B"]).sum())
    fallen, top = used[used["status"] != "stands"], used.head(MOST_ITEMS)
    named = joined(f"{item} ({row['status']})" for item, row in fallen.iterrows())
    lost = f"{counted(len(fallen), 'cited item', sentence=True)} no longer {verb(len(fallen), 'stand')}: {named}."
    columns = [
        Column("What it says", list(top["claim"]), share=5),
        Column("Scores", list(top["scores"]), "count", 0.9),
        Column("Alone", list(top["alone"]), "count", 0.9),
        Column("Source", list(top["reliability"]), share=0.9),
        Column("Item", list(top["credibility"].map(str)), share=0.7),
        Column("In the register", list(map(str, top.index)), share=2),
    ]
    return Exhibit(
        f"{backed} of {len(ids)} scores cite evidence, {len(used)} items in all",
        f"{good} items come from sources graded A or B. {lost if len(fallen) else ''}".strip(),
        [Table(columns, "The items of evidence that most scores cite."), _grades(items)],
        footnote=f"{GRADES} Alone: scores that cite nothing else.",
    )


def _grades(items: pd.DataFrame) -> Table:
    """Items counted by the reliability of their source and their own credibility; grades are never averaged."""
    counts = pd.crosstab(items["reliability"], items["credibility"])
    columns = [Column(f"Item {grade}", list(counts[grade]), "count") for grade in counts]
    return Table([Column("Source", list(counts.index)), *columns], "Items by the grade of their source and their own.")


def sources_cited(study: Study, case: Case) -> Exhibit | None:
    """The sources that the judgements cite, with their grades; None without any."""
    items = set(case.scores["evidence"].explode())
    rows = case.sources[case.sources.index.isin(case.evidence["source"][case.evidence.index.isin(items)])]
    if rows.empty:
        return None
    headings = {
        "Source": ("title", 4.2),
        "Publisher": ("publisher", 2.3),
        "Published": ("published", 1.3),
        "Address as recorded": ("address", 3.4),
        "Grade": ("reliability", 0.9),
        "What is known of it": ("note", 3.0),
    }
    table = Table(columns_of(rows, headings), "The sources that the judgements cite.").filled()
    return Exhibit(f"The judgements cite {counted(len(rows), 'public source')}", GRADES, [table])


def made_from(study: Study, case: Case) -> Exhibit:
    """How the ranking is made, and from what."""
    method = (
        "Additive value model: scores become values from 0 to 100 between the declared worst and best, added up by "
        "swing weights."
    )
    ranges = drawn(case, study.ranking.weights)
    if ranges:
        method += f" {' and '.join(ranges).capitalize()} vary in the trials."
    entries = list(study.provenance.items())
    first = [name for name, _ in entries].index("python")  # what the results were computed with comes last
    software = "; ".join(f"{name} {version}" for name, version in entries[first:])
    names, values = zip(("method", method), *entries[:first], ("software", software), strict=True)
    table = Table([Column("What", names, share=3), Column("Which", values, share=9)], "What this was made from.")
    return Exhibit("Made from these inputs, and can be made again", whose(study), [table])


def profiles_compared(study: Study, case: Case) -> Exhibit | None:
    """The weight of each top criterion by each profile; None without profiles."""
    if not study.by_profile:
        return None
    roots = list(case.roots)
    columns = [
        Column(titled(name), [weight_of(ranking, case, root) for root in roots], "share")
        for name, ranking in study.by_profile.items()
    ]
    criteria = Column("Criterion", list(case.criteria["name"][roots]), share=2)
    count = len(study.by_profile)
    title = f"{counted(count, 'set', sentence=True)} of weights side by side"
    return Exhibit(title, case_date(case), [Table([criteria, *columns], "Weights by profile.", "heat")])
