"""The case: what is in it before anything is weighted, the risks it names, and the tables behind the story.

Grades of evidence are counted, never averaged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..errors import shown
from ..text import joined
from ..uncertainty import drawn
from .exhibit import Column, Exhibit, Room, Table, Text, cited, how_meant, notes, reasons_of
from .result_tables import findings_table, rank_labels
from .wording import ILLUSTRATIVE

if TYPE_CHECKING:
    from ..analysis import Study


def grades(case: Case) -> pd.DataFrame:
    """Items of evidence by the reliability of their source and their own credibility.

    Returns
    -------
    DataFrame of int
        Reliabilities A-F x credibilities 1-6; those that no item has are left out. F and 6
        say that it cannot be judged, not that it is bad.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> table = grades(load_case("aukus_plus_two"))
    >>> table.index.name, table.columns.name
    ('reliability', 'credibility')
    """
    items = _graded(case)
    return pd.crosstab(items["reliability"], items["credibility"])


def citations(case: Case) -> pd.DataFrame:
    """How many scores cite each item of evidence, the most cited first.

    Returns
    -------
    DataFrame
        By item: ``scores`` that cite it, ``alone`` of these cite nothing else, and the
        item's ``claim``, ``source``, ``reliability``, ``credibility`` and ``status``.
    """
    cited = case.scores["evidence"]
    each = cited.explode().dropna()
    alone = cited[cited.map(len) == 1].explode()
    register = _graded(case)[["claim", "source", "reliability", "credibility", "status"]]
    counts = pd.DataFrame({"scores": each.value_counts(), "alone": alone.value_counts()}).reindex(register.index)
    table = counts.fillna(0).astype(int).join(register)
    return table.sort_values(["scores", "alone"], ascending=False, kind="stable")


def evidence_base(case: Case) -> str:
    """How many scores rest on how many items from how many sources, and how these are graded.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> evidence_base(load_case("aukus_plus_two")).startswith("198 of 198 scores cite evidence")
    True
    """
    table = citations(case)
    if not table["scores"].sum():
        register = "is empty" if table.empty else f"has {len(table)} items, and none is cited"
        return f"None of the {len(case.scores)} scores cites evidence: the register {register}."
    cited = table[table["scores"] > 0]
    backed = int((case.scores["evidence"].map(len) > 0).sum())
    good = int(cited["reliability"].isin(["A", "B"]).sum())
    unjudged = int(((cited["reliability"] == "F") | (cited["credibility"].astype(str) == "6")).sum())
    return (
        f"{backed} of {len(case.scores)} scores cite evidence: {len(cited)} items from {cited['source'].nunique()} "
        f"sources, {good} of them from sources graded A or B and {unjudged} that cannot be judged."
    )


def most_cited(case: Case) -> str:
    """Which item the most scores cite.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> most_cited(load_case("starter"))
    '4 scores cite one item: e_survey'
    """
    table = citations(case)
    if not table["scores"].sum():
        return "No score cites evidence."
    count = table["scores"].iloc[0]
    return f"{count} score{' cites' if count == 1 else 's cite'} one item: {table.index[0]}"


def doubtful(case: Case) -> str:
    """Which cited items are contradicted or overtaken, or that none is."""
    table = citations(case)
    if not table["scores"].sum():
        return "No score cites evidence."
    fallen = table[(table["scores"] > 0) & (table["status"] != "stands")]
    if fallen.empty:
        return "Every item of evidence that a score cites still stands."
    named = joined(f"{item} ({row['status']})" for item, row in fallen.iterrows())
    verb = "no longer stands" if len(fallen) == 1 else "no longer stand"
    return f"{len(fallen)} of the {int((table['scores'] > 0).sum())} cited items {verb} as first reported: {named}."


def field(case: Case) -> str:
    """How many options are compared, what is screened out, and on how many scales the rest are judged.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> field(load_case("starter"))
    '4 options are judged on 4 scales; Open portal is screened out.'
    """
    out = list(case.screened.index)
    left = len(case.options) - len(out)
    scales = f"{len(case.leaves)} scale{'s' if len(case.leaves) > 1 else ''}"
    judged = f"{left} option{'s are' if left != 1 else ' is'} judged on {scales}"
    if not out:
        return f"{judged}; none is screened out."
    return f"{judged}; {joined(case.options['short'][out])} {'is' if len(out) == 1 else 'are'} screened out."


def differs_most(case: Case) -> str:
    """On which scale the options that pass the screens differ the most, and on which the least."""
    values = case.values.drop(index=list(case.screened.index))
    spread = values.max() - values.min()
    name = case.criteria["name"]
    if not spread.max() > 0:
        return "No scale tells them apart: they score alike on each."
    if len(spread) == 1:
        return f"They differ by up to {spread.max():.0f} of 100 points on {name[spread.index[0]]}, the only scale."
    return (
        f"They differ the most on {name[spread.idxmax()]} ({spread.max():.0f} of 100 points) and the least on "
        f"{name[spread.idxmin()]} ({spread.min():.0f})."
    )


def most_uncertain(case: Case, top: int = 10) -> pd.DataFrame:
    """The scores with the widest low-high range; those without one are left out.

    Returns
    -------
    DataFrame
        ``option`` and ``criterion`` by name; ``low``, ``likely``, ``high`` in the scale's
        unit; ``width`` in value points; ``rationale``.
    """
    least, greatest = case.value_range
    width = (greatest - least).stack().sort_values(ascending=False, kind="stable").head(top)
    width = width[width > 0]
    table = case.scores.loc[list(width.index), ["low", "likely", "high", "rationale"]]
    names = [
        (case.options.at[option, "name"], case.criteria.at[leaf, "name"]) for option, leaf in width.index.to_list()
    ]
    table.insert(0, "option", [option for option, _ in names])
    table.insert(1, "criterion", [leaf for _, leaf in names])
    table.insert(5, "width", width.to_numpy())
    return table.reset_index(drop=True)


def cover(study: Study, case: Case, room: Room) -> Exhibit:
    """Title, question, who is to decide, and whose judgements these are."""
    about = case.about
    decides = f"For: {about.decision_maker}" if about.decision_maker else ""
    lines = Text([about.question, decides, about.disclaimer or ILLUSTRATIVE])
    return Exhibit(about.title or "Options compared", f"{ILLUSTRATIVE} {case_date(case)}", [[lines]])


def case_date(case: Case, *, short: bool = False) -> str:
    """The day of the latest judgement in a sentence, or blank."""
    if not case.last_judged:
        return ""
    day = dt.date.fromisoformat(case.last_judged)
    return f"To {day.day} {day:%b %Y}." if short else f"Judgements to {day.day} {day:%B %Y}."


def critical_assumptions(study: Study, case: Case, room: Room) -> Exhibit | None:
    """The assumptions that carry the answer and may fail, with what to watch and what to hold ready.

    The risks of the options themselves stand beside their strengths.
    """
    table = case.assumptions
    if table.empty:
        return None
    critical = table[(table["load_bearing"] == "yes") & (table["vulnerable"] == "yes")]
    rows = critical if len(critical) else table
    count = len(critical)
    title = (
        f"{count} assumption{'s are' if count != 1 else ' is'} both load-bearing and vulnerable: the answer has to be "
        "looked at again if one fails."
        if count
        else f"The answer rests on {len(table)} assumption{'s'[: len(table) != 1]}; none is both load-bearing and "
        "vulnerable."
    )
    block = Table(
        [
            Column("Assumption", 4.6, rows["statement"]),
            Column("Sign that it fails", 3.9, rows["signpost"]),
            Column("What lessens the harm", 3.6, rows["hedge"]),
        ],
        "Assumptions that carry the answer, the sign that each fails, and what lessens the harm.",
    )
    remarks = notes(
        "Evidence each assumption rests on, and what could be done to keep it true:",
        [f"{row['statement']} {row['shaping']}{cited(row['evidence'])}" for _, row in rows.iterrows()],
    )
    return Exhibit(title, remarks, [[block]])


def divider(parts: Sequence[str]) -> Exhibit:
    """What the annex holds."""
    return Exhibit(
        "The annex holds the tables behind these findings.",
        "From here on for reference: tables in full, with the sources and what the slides were made from.",
        [[Text([part.capitalize() for part in parts])]],
    )


def options_described(study: Study, case: Case, room: Room) -> Exhibit | None:
    """What each option would mean, its main risk and what would lessen it."""
    options = case.options.loc[study.ranking.table.index]
    if (options["description"] == "").all():
        return None
    # Cost is no criterion here and stands beside the ranking.
    effort = options["effort"].map("Effort {:g} of 10".format, na_action="ignore")
    time = options["time_to_effect"].map("{:g} months".format, na_action="ignore")
    both = _joined_cells(", ", effort, time)
    risk = options["risk"].map(lambda risk: f"Risk: {risk}" if risk else "")
    remedy = options["mitigation"].map(lambda remedy: f"Remedy: {remedy}" if remedy else "")
    table = Table(
        [
            Column("Rank", 0.8, rank_labels(study.ranking)[options.index]),
            Column("Option, effort, time to effect", 2.4, _joined_cells("\n", options["name"], both)),
            Column("What it would mean", 4.1, options["description"]),
            Column("Main risk, and what would lessen it", 4.8, _joined_cells("\n", risk, remedy)),
        ],
        "Every option described.",
        sizes=(12,),
    )
    remarks = notes("How each option is meant to work:", how_meant(case, options.index))
    return Exhibit(f"What the {len(options)} options would mean, and what could go wrong.", remarks, [[table]])


def _joined_cells(between: str, *columns: Iterable[object]) -> list[str]:
    """The cells of columns row by row, blank and missing ones left out."""
    return [between.join(str(cell) for cell in row if cell and cell == cell) for row in zip(*columns, strict=True)]


def scales_described(study: Study, case: Case, room: Room) -> Exhibit | None:
    """Both ends of every scale."""
    leaves = [leaf for leaf in case.leaves if case.criteria.at[leaf, "worst_means"]]
    if not leaves:
        return None
    rows = case.criteria.loc[leaves]
    table = Table(
        [
            Column("Criterion", 3.3, [_on_branch(case, leaf) for leaf in leaves]),
            Column("Worth 0: the worst considered", 4.4, rows["worst_means"]),
            Column("Worth 100: the best considered", 4.43, rows["best_means"]),
        ],
        "Both ends of every scale, as described before options were scored.",
        sizes=(12,),
    )
    remarks = notes(
        "What was asked of each:",
        [f"{row['name']}: {row['question']}" for _, row in rows.iterrows() if row["question"]],
        "Scores on these scales are illustrative judgements.",
    )
    title = f"Options were judged on {len(case.leaves)} scales, each with its ends described beforehand."
    return Exhibit(title, remarks, [[table]])


def _on_branch(case: Case, leaf: str) -> str:
    root, name = case.root_of(leaf), case.criteria["name"]
    full = name[leaf] if root == leaf else f"{name[root]}: {name[leaf]}"
    bends = joined(f"{shown(raw)} is worth {shown(value)}" for raw, value in case.value_function(leaf).bends)
    return f"{full}\nNot a straight line: {bends}." if bends else full


def all_assumptions(study: Study, case: Case, room: Room) -> Exhibit | None:
    """Every assumption, critical or not."""
    table = case.assumptions
    if table.empty:
        return None
    block = Table(
        [
            Column("Assumption", 3.1, table["statement"]),
            Column("Load-bearing", 1.2, table["load_bearing"]),
            Column("Vulnerable", 1.2, table["vulnerable"]),
            Column("Sign that it fails", 2.4, table["signpost"]),
            Column("What keeps it true", 2.1, table["shaping"]),
            Column("What lessens the harm", 2.1, table["hedge"]),
        ],
        "Every assumption of the case.",
        sizes=(12,),
    )
    linked = [f"{row['statement']}{cited(row['evidence'])}" for _, row in table.iterrows()]
    title = f"The case rests on {len(table)} assumption{'s'[: len(table) > 1]}, all open to watching."
    return Exhibit(title, notes("Evidence each rests on:", linked), [[block]])


def findings_for_review(study: Study, case: Case, room: Room) -> Exhibit | None:
    """What a reviewer should know."""
    table = findings_table(study.findings, case)
    if table.empty:
        return None
    block = Table(
        [Column(name, share, table[name]) for name, share in {"Finding": 6.0, "Where": 3.2, "Standard": 2.9}.items()],
        "Departures from good practice, where they are, and the standard each comes from.",
    )
    title = f"{len(table)} point{'s'[: len(table) > 1]} a reviewer of this case should know."
    remarks = "Found by the checks of the case and of its weights; none of them stops the ranking."
    return Exhibit(title, remarks, [[block]])


def sources_cited(study: Study, case: Case, room: Room) -> Exhibit | None:
    """The sources that the judgements cite, with their grades."""
    items = set(case.scores["evidence"].explode())
    rows = case.sources[case.sources.index.isin(case.evidence["source"][case.evidence.index.isin(items)])]
    if rows.empty:
        return None
    table = Table(
        [
            Column("Source", 4.2, rows["title"]),
            Column("Publisher", 2.3, rows["publisher"]),
            Column("Published", 1.3, rows["published"]),
            Column("Address as recorded", 3.4, rows["address"]),
            Column("Grade", 0.9, rows["reliability"]),
        ],
        "The sources that the judgements cite.",
        sizes=(12,),
    )
    remarks = reasons_of(rows.assign(evidence=[()] * len(rows)), "note", "title")
    title = (
        f"The judgements cite {len(rows)} public source{'s'[: len(rows) != 1]}, graded from A (completely reliable) to "
        "E; F: cannot be judged."
    )
    return Exhibit(title, notes("What is known of the sources:", remarks), [[table]])


def made_from(study: Study, case: Case, room: Room) -> Exhibit:
    """How the ranking is made, and from what."""
    method = (
        "Additive value model: scores become values from 0 to 100 between the declared worst and best, and are "
        "added up by swing weights."
    )
    ranges = drawn(case, study.ranking.weights)
    if ranges:
        method += (
            f" {' and '.join(ranges).capitalize()} are drawn between their low and high ends to see how sure it is."
        )
    entries = list(study.provenance.items())
    first = [name for name, _ in entries].index("python")  # what the results were computed with comes last
    software = "; ".join(f"{name} {version}" for name, version in entries[first:])
    names, values = zip(("method", method), *entries[:first], ("software", software), strict=True)
    return Exhibit(
        "These slides were made from the inputs named here and can be made again.",
        "The same inputs, seed and software give the same numbers.",
        [[Table([Column("What", 3.0, names), Column("Which", 9.0, values)], "What these slides were made from.")]],
    )


def _graded(case: Case) -> pd.DataFrame:
    """The evidence with the reliability of each item's source."""
    return case.evidence.join(case.sources["reliability"], on="source")
