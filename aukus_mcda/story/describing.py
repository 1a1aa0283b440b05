"""What is in a case before anything is weighted: options, spread of the scores, and how good the evidence is.

Grades of evidence are counted, never averaged.
"""

from __future__ import annotations

import pandas as pd

from ..case import Case
from ..text import joined


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
    said = joined(f"{item} ({row['status']})" for item, row in fallen.iterrows())
    verb = "no longer stands" if len(fallen) == 1 else "no longer stand"
    return f"{len(fallen)} of the {int((table['scores'] > 0).sum())} cited items {verb} as first reported: {said}."


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
    said = f"{left} option{'s are' if left != 1 else ' is'} judged on {scales}"
    if not out:
        return f"{said}; none is screened out."
    return f"{said}; {joined(case.options['short'][out])} {'is' if len(out) == 1 else 'are'} screened out."


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


def _graded(case: Case) -> pd.DataFrame:
    """The evidence with the reliability of each item's source."""
    return case.evidence.join(case.sources["reliability"], on="source")
