"""The annex: tables that are too long for the story, as many slides each as it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from ..analysis import PACKAGES, Study
from ..case import Case
from ..errors import shown
from ..story import cited, described, findings_table, notes, rank_labels, ranking_table, said_of
from ..text import joined
from ..uncertainty import drawn
from .blocks import Table
from .deck import Deck
from .fragility_slides import text
from .ranking_slides import Chosen

SMALL = (12,)


def divider(deck: Deck, parts: Sequence[str]) -> None:
    """What follows."""
    deck.page(
        "The annex holds the tables behind these findings.",
        "From here on for reference: tables in full, with the sources and what the slides were made from.",
        [text(*(part.capitalize() for part in parts))],
    )


def whole_ranking(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Every option with its score, range and share of first ranks."""
    readable = ranking_table(study.ranking, study.acceptability).drop(columns="Screened out because")
    shares = {"Rank": 0.9, "Option": 7.6, "Score": 1.1, "Ranks first": 1.3}
    rows = tuple(map(tuple, readable.to_numpy().tolist()))
    table = Table(
        tuple(readable.columns),
        rows,
        tuple(shares.get(column, 1.2) for column in readable.columns),
        "All options with their ranks and scores.",
        right=range(2, len(readable.columns)),
        lines=(1, 2) + (1,) * (len(readable.columns) - 2),
    )
    told = "Scores are illustrative judgements."
    if study.acceptability is not None:
        told += " Interval: the scores that 90 % of the draws lie between."
    every = f"All {len(rows)}" if len(rows) > 2 else "Both" if len(rows) == 2 else "The only"
    deck.page(f"{every} option{'s' if len(rows) > 1 else ''}, ranked by score.", told, [table])


def descriptions(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """What each option would mean, its main risk and what would lessen it."""
    options = case.options
    if (options["description"] == "").all():
        return
    places = rank_labels(study.ranking)
    rows = tuple(
        (places[option], _named(row), row["description"], _risk(row["risk"], row["mitigation"]))
        for option, row in options.loc[study.ranking.table.index].iterrows()
    )
    table = Table(
        ("Rank", "Option, effort, time to effect", "What it would mean", "Main risk, and what would lessen it"),
        rows,
        (0.8, 2.4, 4.1, 4.8),
        "Every option described.",
        sizes=SMALL,
    )
    told = notes("How each option is meant to work:", described(case, study.ranking.table.index))
    deck.page(f"What the {len(rows)} options would mean, and what could go wrong.", told, [table])


def _named(option: pd.Series) -> str:
    """Name, effort and time: cost is no criterion here and stands beside the ranking."""
    effort = f"Effort {option['effort']:g} of 10" if option["effort"] == option["effort"] else ""
    time = f"{option['time_to_effect']:g} months" if option["time_to_effect"] == option["time_to_effect"] else ""
    return "\n".join(filter(None, (option["name"], ", ".join(filter(None, (effort, time))))))


def _risk(risk: str, mitigation: str) -> str:
    said = (f"Risk: {risk}" if risk else "", f"Remedy: {mitigation}" if mitigation else "")
    return "\n".join(filter(None, said))


def scales(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Both ends of every scale."""
    leaves = [leaf for leaf in case.leaves if case.criteria.at[leaf, "worst_means"]]
    if not leaves:
        return
    rows = tuple(
        (_on_branch(case, leaf), row["worst_means"], row["best_means"])
        for leaf, row in case.criteria.loc[leaves].iterrows()
    )
    table = Table(
        ("Criterion", "Worth 0: the worst considered", "Worth 100: the best considered"),
        rows,
        (3.3, 4.4, 4.43),
        "Both ends of every scale, as described before options were scored.",
        sizes=SMALL,
    )
    told = notes(
        "What was asked of each:",
        [f"{row['name']}: {row['question']}" for _, row in case.criteria.loc[leaves].iterrows() if row["question"]],
        "Scores on these scales are illustrative judgements.",
    )
    title = f"Options were judged on {len(case.leaves)} scales, each with its ends described beforehand."
    deck.page(title, told, [table])


def _on_branch(case: Case, leaf: str) -> str:
    root, name = case.root_of(leaf), case.criteria["name"]
    said = name[leaf] if root == leaf else f"{name[root]}: {name[leaf]}"
    bends = joined(f"{shown(raw)} is worth {shown(value)}" for raw, value in case.value_function(leaf).bends)
    return f"{said}\nNot a straight line: {bends}." if bends else said


def assumptions(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Every assumption, critical or not."""
    table = case.assumptions
    if table.empty:
        return
    rows = tuple(
        (row["statement"], row["load_bearing"], row["vulnerable"], row["signpost"], row["shaping"], row["hedge"])
        for _, row in table.iterrows()
    )
    header = (
        "Assumption",
        "Load-bearing",
        "Vulnerable",
        "Sign that it fails",
        "What keeps it true",
        "What lessens the harm",
    )
    block = Table(header, rows, (3.1, 1.2, 1.2, 2.4, 2.1, 2.1), "Every assumption of the case.", sizes=SMALL)
    linked = [f"{row['statement']}{cited(row['evidence'])}" for _, row in table.iterrows()]
    count = len(rows)
    title = f"The case rests on {count} assumption{'s' if count > 1 else ''}, all open to watching."
    deck.page(title, notes("Evidence each rests on:", linked), [block])


def findings(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """What a reviewer should know."""
    found = study.findings
    count = len(found)
    if not count:
        return
    table = Table(
        ("Finding", "Where", "Standard"),
        tuple(map(tuple, findings_table(found, case).to_numpy())),
        (6.0, 3.2, 2.9),
        "Departures from good practice, where they are, and the standard each comes from.",
    )
    title = f"{count} point{'s' if count > 1 else ''} a reviewer of this case should know."
    deck.page(title, "Found by the checks of the case and of its weights; none of them stops the ranking.", [table])


def sources(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """The sources that the judgements cite, with their grades."""
    cited_here = set(_cited_sources(case))
    used = [source for source in case.sources.index if source in cited_here]
    if not used:
        return
    columns = ["title", "publisher", "published", "address", "reliability"]
    rows = case.sources.loc[used, columns].to_numpy().tolist()
    table = Table(
        ("Source", "Publisher", "Published", "Address as recorded", "Grade"),
        tuple(map(tuple, rows)),
        (4.2, 2.3, 1.3, 3.4, 0.9),
        "The sources that the judgements cite.",
        sizes=SMALL,
    )
    remarks = said_of(case.sources.loc[used].assign(evidence=[()] * len(used)), "note", "title")
    deck.page(
        f"The judgements cite {len(used)} public source{'s'[: len(used) != 1]}, graded from A (completely reliable) "
        "to E; F: cannot be judged.",
        notes("What is known of the sources:", remarks),
        [table],
    )


def _cited_sources(case: Case) -> Iterator[str]:
    cited_ids = {item for cell in case.scores["evidence"] for item in cell}
    yield from case.evidence["source"][case.evidence.index.isin(cited_ids)]


def provenance(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """How the ranking is made, and from what."""
    made = dict(study.provenance)
    packages = "; ".join(f"{name} {made.pop(name)}" for name in ("python", *PACKAGES))
    method = (
        "Additive value model: scores become values from 0 to 100 between the declared worst and best, and are "
        "added up by swing weights."
    )
    varied = drawn(case, study.ranking.weights)
    if varied:
        method += (
            f" {' and '.join(varied).capitalize()} are drawn between their low and high ends to see how sure it is."
        )
    rows = (("method", method), *made.items(), ("software", packages))
    table = Table(("What", "Which"), rows, (3.0, 9.0), "What these slides were made from.")
    deck.page(
        "These slides were made from the inputs named here and can be made again.",
        "The same inputs, seed and software give the same numbers.",
        [table],
    )
