"""The story on slides: the answer, the ranking, why, how it was judged, where it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from pptx.util import Pt

from . import capital_slides, future_slides, package_slides, palette, wording
from .case import Case
from .deck import BELOW_TITLE, BOTTOM, LEFT, WIDTH, Deck, add_bars, add_table, text_box
from .files import replacing
from .fragility_slides import how_sure, other_methods, percent, to_collect, what_would_change
from .measuring import clipped, fitted, one_line
from .stamps import stamp
from .study import PACKAGES, Study
from .tables import by_root, rank_labels, ranking_table

CHARTED = 12
"""Bars a chart can hold and still be read from the back of a room."""
STACKED = 8
"""Segments a bar can hold; smaller ones are added up."""


def export_slides(study: Study, path: str | Path) -> Path:
    """Write a study as a .pptx of native, editable text, tables and charts.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ExportError
        When the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_slides(study(load_case("aukus_plus_two"), draws=10_000), folder.name + "/slides.pptx").name
    'slides.pptx'
    >>> folder.cleanup()
    """
    about = study.case.about
    judged = study.case.last_judged
    day = dt.date.fromisoformat(judged) if judged else None
    as_of = f"Judgements to {day.day} {day:%B %Y}. " if day else ""
    deck = Deck(marking=about.marking, footer=f"{as_of}Illustrative.")
    for part in (
        _title, _answer, _ranked, _contributions, _fragility, _beyond, _options, _screened, _weights, _judged,
        _findings, _sources, _provenance,
    ):  # fmt: skip
        part(deck, study)
    with replacing(Path(path)) as beside:
        deck.save(beside)
        stamp(beside, "pptx", study)
    return Path(path)


def _title(deck: Deck, study: Study) -> None:
    about = study.case.about
    slide = deck.slide(about.title, layout="Title")
    lines = [
        about.question,
        f"For: {about.decision_maker}" if about.decision_maker else "",
        about.disclaimer or wording.ILLUSTRATIVE,
    ]
    box = slide.placeholders[1]
    text = "\n".join(line for line in lines if line)
    size = fitted(text, box.width.pt, 0.75 * box.height.pt, (20, 18, 16, 14)) or 12
    box.text_frame.text = clipped(text, box.width.pt, 0.75 * box.height.pt, size)
    for paragraph in box.text_frame.paragraphs:
        paragraph.font.size = Pt(size)


def _answer(deck: Deck, study: Study) -> None:
    slide = deck.slide(study.answer)
    text = "\n\n".join((*study.statements[:4], study.case.about.disclaimer or wording.ILLUSTRATIVE))
    profiles = study.by_profile
    if not profiles:
        text_box(slide, text, LEFT, BELOW_TITLE, WIDTH, BOTTOM - BELOW_TITLE)
        return
    text_box(slide, text, LEFT, BELOW_TITLE, 6.3, BOTTOM - BELOW_TITLE)
    rows = []
    for profile, ranking in profiles.items():
        leaders = wording.joined(study.case.options["short"][list(ranking.leaders)])
        gap = wording.lead(ranking)
        rows.append(
            [
                one_line(wording.titled(profile), 72 * 1.5 - 10, 14),
                one_line(leaders, 72 * 2.7 - 10, 14),
                "" if gap is None else f"{gap:.1f}",
            ]
        )
    widths = (1.5, 2.7, 1.2)
    add_table(slide, ["Weights", "Who leads", "Ahead by"], rows, 7.33, BELOW_TITLE, widths, 14, right=(2,))


def _ranked(deck: Deck, study: Study) -> None:
    ranking, case = study.ranking, study.case
    shown = ranking.ranked.head(CHARTED)
    if shown.empty:
        return
    places = rank_labels(ranking)
    labels = [f"{places[option]}  {case.options.at[option, 'short']}" for option in shown.index]
    colours = palette.option_colours(case)
    slide = deck.slide(wording.spread(ranking, case))
    add_bars(
        slide, labels, [("Score", shown["score"].tolist())], [palette.INK], (LEFT - 0.1, BELOW_TITLE - 0.1, 5.9, 4.95),
        point_colours=[colours[option] for option in shown.index],
        alt=f"Bar chart of scores from 0 to 100. {study.answer}",
    )  # fmt: skip
    firsts = _firsts(study)
    readable = ranking_table(ranking).loc[shown.index]
    widths, size = (0.75, 2.4, 0.8, 0.95, 1.3), 14 if len(shown) <= 10 else 12
    rows = [
        [
            row.Rank,
            one_line(case.options.at[option, "short"], 72 * widths[1] - 10, size),
            row.Score,
            row.Range,
            firsts.get(option, ""),
        ]
        for option, row in zip(shown.index, readable.itertuples(), strict=True)
    ]
    add_table(
        slide, ["Rank", "Option", "Score", "Range", "Ranks first"], rows, 6.53, BELOW_TITLE, widths, size,
        strong=[k for k, option in enumerate(shown.index) if option in ranking.leaders], right=(2, 3, 4),
    )  # fmt: skip
    note = "Range: an outer envelope, all judgements at their low or all at their high ends."
    if firsts:
        note += " Ranks first: share of draws of the uncertain scores and weights."
    text_box(slide, note, 6.53, 6.2, 6.2, 0.55, size=12, colour=palette.FAINT)
    rest = ranking.ranked.iloc[CHARTED:]
    if len(rest):
        readable = ranking_table(ranking).loc[rest.index]
        deck.table_pages(
            f"The other {len(rest)} options rank below the first {CHARTED}.",
            ["Rank", "Option", "Score", "Range"],
            readable[["Rank", "Option", "Score", "Range"]].to_numpy().tolist(),
            (0.9, 8.6, 1.2, 1.4),
        )


def _firsts(study: Study) -> dict[str, str]:
    """In what share of the draws each option ranks first: no ranking is shown without it."""
    if study.fragility is None:
        return {}
    shares = study.fragility.acceptability.rank_acceptability[1]
    return {option: percent(share) for option, share in shares.items()}


def _contributions(deck: Deck, study: Study) -> None:
    ranking, case = study.ranking, study.case
    shown = ranking.ranked.head(CHARTED).index
    if not len(shown):
        return
    parts = by_root(ranking.contributions.loc[shown], case)
    colours = palette.criterion_colours(case)
    heaviest = parts.sum().nlargest(STACKED if len(case.roots) <= STACKED else STACKED - 1).index
    series = [(_gained(case, root), parts[root].tolist()) for root in case.roots if root in heaviest]
    fills = [colours[root] for root in case.roots if root in heaviest]
    rest = [root for root in case.roots if root not in heaviest]
    if rest:
        series.append((f"The other {len(rest)}", parts[rest].sum(axis=1).tolist()))
        fills.append(palette.SCREENED)
    slide = deck.slide(wording.strongest(ranking, case) or "What each criterion contributes.")
    add_bars(
        slide, [case.options.at[option, "short"] for option in shown], series, fills,
        (LEFT - 0.1, BELOW_TITLE - 0.1, WIDTH, 4.5), stacked=True,
        alt="Stacked bars: value points each criterion contributes to each option's score.",
    )  # fmt: skip
    note = "Value points per criterion; a bar's length is the option's score. A risk avoided counts as value gained."
    text_box(slide, note, LEFT, 6.3, WIDTH, 0.4, size=14, colour=palette.FAINT)


def _fragility(deck: Deck, study: Study) -> None:
    if study.fragility is None:
        return
    how_sure(deck, study.fragility, study.ranking, study.case)
    what_would_change(deck, study.fragility, study.case)
    other_methods(deck, study.fragility, study.case)
    to_collect(deck, study.fragility, study.case)


def _beyond(deck: Deck, study: Study) -> None:
    """What lies beyond one ranking: other capitals, other futures, combinations."""
    case = study.case
    if study.capitals is not None:
        capital_slides.five_capitals(deck, study.capitals, case)
        capital_slides.red_lines(deck, study.capitals, case)
    if study.futures is not None:
        future_slides.in_futures(deck, study.futures, case)
        future_slides.to_watch(deck, study.futures, case)
    if study.joint is not None:
        future_slides.comes_from(deck, study.joint, case)
    if study.packages is not None:
        package_slides.good_packages(deck, study.packages, case)
        package_slides.in_phases(deck, study.packages, case)


def _gained(case: Case, root: str) -> str:
    """What a longer segment means: of a risk, that more of it is avoided."""
    beneath = [leaf for leaf in case.leaves if case.root_of(leaf) == root]
    avoided = (case.criteria.loc[beneath, "direction"] == "min").all()
    return f"{case.criteria.at[root, 'name']}{' avoided' if avoided else ''}"


def _options(deck: Deck, study: Study) -> None:
    options = study.case.options
    if (options["description"] == "").all():
        return
    places = rank_labels(study.ranking)
    rows = [
        [places[option], _named(row), row["description"], _risk(row["risk"], row["mitigation"])]
        for option, row in options.loc[study.ranking.table.index].iterrows()
    ]
    deck.table_pages(
        f"{len(rows)} options were compared, the status quo among them."
        if study.case.about.status_quo
        else f"{len(rows)} options were compared.",
        ["Rank", "Option, effort, time to effect", "What it would mean", "Main risk, and what would lessen it"],
        rows,
        (0.7, 2.2, 4.2, 5.03),
        size=12,
    )


def _named(option: pd.Series) -> str:
    """Name, effort and time: cost is no criterion here and stands beside the ranking."""
    effort = f"Effort {option['effort']:g} of 10" if option["effort"] == option["effort"] else ""
    time = f"{option['time_to_effect']:g} months" if option["time_to_effect"] == option["time_to_effect"] else ""
    return "\n".join(filter(None, (option["name"], ", ".join(filter(None, (effort, time))))))


def _risk(risk: str, mitigation: str) -> str:
    said = (f"Risk: {risk}" if risk else "", f"Remedy: {mitigation}" if mitigation else "")
    return "\n".join(filter(None, said))


def _screened(deck: Deck, study: Study) -> None:
    table = study.ranking.table
    out = table[table["screened"]]
    if out.empty:
        return
    failed = study.case.screens.query("passes == 'no'")
    rows = [
        [out.at[option, "name"], screen.replace("_", " ").capitalize(), row["reason"]]
        for (option, screen), row in failed.iterrows()
    ]
    verb = "is" if len(out) == 1 else "are"
    deck.table_pages(
        f"{wording.joined(out['name'])} {verb} screened out and not ranked, whatever the score.",
        ["Option", "Screen it fails", "Why"],
        rows,
        (3.3, 2.5, 6.33),
        size=16,
    )


def _judged(deck: Deck, study: Study) -> None:
    case = study.case
    leaves = [leaf for leaf in case.leaves if case.criteria.at[leaf, "worst_means"]]
    rows = [
        [_on_branch(case, leaf), row["worst_means"], row["best_means"]]
        for leaf, row in case.criteria.loc[leaves].iterrows()
    ]
    if rows:
        deck.table_pages(
            f"Options were judged on {len(case.leaves)} scales, each with its ends described beforehand.",
            ["Criterion", "Worth 0: the worst considered", "Worth 100: the best considered"],
            rows,
            (3.3, 4.4, 4.43),
            size=12,
        )


def _on_branch(case: Case, leaf: str) -> str:
    root, name = case.root_of(leaf), case.criteria["name"]
    said = name[leaf] if root == leaf else f"{name[root]}: {name[leaf]}"
    bends = wording.joined(f"{raw:g} is worth {value:g}" for raw, value in case.value_function(leaf).bends)
    return f"{said}\nNot a straight line: {bends}." if bends else said


def _weights(deck: Deck, study: Study) -> None:
    case, weights = study.case, study.ranking.weights.values
    shares = {root: sum(weights[leaf] for leaf in case.leaves if case.root_of(leaf) == root) for root in case.roots}
    name = case.criteria["name"]
    most = [root for root in case.roots if shares[root] > max(shares.values()) - 1e-9]
    rows = []
    for root in case.roots:
        leaves = [leaf for leaf in case.leaves if case.root_of(leaf) == root]
        beneath = "; ".join(f"{name[leaf]} {100 * weights[leaf]:.1f} %" for leaf in leaves if leaf != root)
        rows.append([name[root], f"{100 * shares[root]:.1f} %", beneath])
    verb, each = ("weighs", "") if len(most) == 1 else ("weigh", " each")
    deck.table_pages(
        f"{wording.joined(name[most])} {verb} most under {wording.weights_named(study.ranking)}, "
        f"{100 * shares[most[0]]:.1f} %{each}: weights compare the step from worst to best on each scale.",
        ["Criterion", "Weight", "Made up of"],
        rows,
        (3.2, 1.1, 7.83),
        size=16,
    )


def _findings(deck: Deck, study: Study) -> None:
    findings = study.findings
    count = len(findings)
    if not count:
        return
    title = f"{count} point{'s' if count > 1 else ''} a reviewer of this case should know."
    rows = findings[["finding", "place", "standard"]].to_numpy().tolist()
    deck.table_pages(title, ["Finding", "Where", "Standard"], rows, (6.0, 3.0, 3.13), size=13)


def _sources(deck: Deck, study: Study) -> None:
    case = study.case
    used = [source for source in case.sources.index if source in set(_cited_sources(study))]
    if not used:
        return
    columns = ["title", "publisher", "published", "address", "reliability"]
    deck.table_pages(
        f"The judgements cite {len(used)} public sources, graded from A (completely reliable) to E; "
        "F: cannot be judged.",
        ["Source", "Publisher", "Published", "Address as recorded", "Grade"],
        case.sources.loc[used, columns].to_numpy().tolist(),
        (4.3, 2.3, 1.3, 3.4, 0.83),
        size=12,
    )


def _cited_sources(study: Study) -> Iterator[str]:
    case = study.case
    cited = {item for cell in case.scores["evidence"] for item in cell}
    yield from case.evidence["source"][case.evidence.index.isin(cited)]


def _provenance(deck: Deck, study: Study) -> None:
    made = dict(study.provenance)
    packages = "; ".join(f"{name} {made.pop(name)}" for name in ("python", *PACKAGES))
    rows = [*([what, said] for what, said in made.items()), ["software", packages]]
    deck.table_pages(
        "These slides were made from the inputs named here and can be made again.",
        ["What", "Which"],
        rows,
        (3.6, 8.53),
    )
