"""Slides on the futures and on where the uncertainty about who leads comes from."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import Case
from ..perspectives import AS_JUDGED, FACTORS, Futures, Joint
from ..story import cited, judged, listed, method_name, notes, palette, said_of, widest
from ..story import future_wording as said
from ..text import joined, percent
from ..uncertainty import drawn
from .blocks import Table
from .deck import Deck
from .fragility_slides import text
from .future_plots import FACTOR_NAMES
from .native_charts import Bars

PALE = "#A9C1D9"


def in_futures(deck: Deck, found: Futures, case: Case, chosen: Sequence[str] | None = None) -> None:
    """How each option fares over all futures, and when today's leader fails; nothing without futures."""
    if found.leads_in is None:
        return
    table = found.summary.sort_values(["greatest_regret", "within"], ascending=[True, False], kind="stable")
    shown = listed(table.index, chosen)
    varied = drawn(case, found.rankings[AS_JUDGED].weights)
    rows = tuple(
        (
            case.options.at[option, "short"],
            f"{row['first_in']} of {row['of']}",
            f"{row['greatest_regret']:.1f}",
            f"{row['least_score']:.1f}",
            percent(row["within"]) if varied else "",
        )
        for option, row in table.loc[shown].iterrows()
    )
    header = ("Option", "Leads in", "Gives up at most", "Worst score", f"Within {found.margin:g} points")
    fares = Table(
        header,
        rows,
        (2.3, 1.0, 1.2, 1.0, 1.3),
        "How each option fares over all futures.",
        right=(1, 2, 3, 4),
        lines=(1,) * 5,
    ).filled()
    fares, rest = deck.fit(fares, len(table), share=deck.table_share, columns=2)
    beside = text(
        said.regrets(found, case),
        said.counted(found, case),
        rest,
        extra=(
            said.failing(found, case),
            said.within(found, case),
            "Points given up are beside the best option of each future and of the case as judged, on likely scores.",
        ),
    )
    reasons = said_of(case.scenarios.drop_duplicates("scenario"), "rationale", "name")
    deck.page(
        said.in_futures(found, case),
        notes("What each future changes first, and why:", reasons),
        [fares],
        [beside],
        shares=(deck.table_share, 1 - deck.table_share),
    )


def to_watch(deck: Deck, found: Futures, case: Case) -> None:
    """What would announce each future, and which critical assumptions no future tests; nothing without assumptions."""
    if found.leads_in is None or case.assumptions.empty:
        return
    short = case.options["short"]
    rows = []
    for future, links in found.signposts.groupby("future", sort=False):
        leads = joined(short[list(found.rankings[str(future)].leaders)])
        for number, (_, row) in enumerate(links.iterrows()):
            first = number == 0
            critical = "yes" if row["load_bearing"] == "yes" and row["vulnerable"] == "yes" else ""
            rows.append(
                (
                    found.names[future] if first else "",
                    leads if first else "",
                    row["statement"] or "No assumption cites the same evidence.",
                    critical,
                    row["signpost"],
                )
            )
    for number, name in enumerate(found.unlinked):
        assumption = case.assumptions.loc[name]
        rows.append(
            ("None tests it" if number == 0 else "", "", assumption["statement"], "yes", assumption["signpost"])
        )
    table = Table(
        ("Future", "Leads there", "Assumption at stake", "Critical", "Signpost to watch"),
        tuple(rows),
        (2.1, 1.6, 3.9, 0.95, 3.55),
        "What would announce each future.",
    ).compact()
    linked = [f"{row['statement']}{cited(row['evidence'])}" for _, row in case.assumptions.iterrows()]
    deck.page(said.announced(found, case), notes("Evidence each assumption rests on:", linked), [table])


def comes_from(deck: Deck, found: Joint, case: Case) -> None:
    """Where the uncertainty about who leads comes from, as bars of main effect and what is added with others."""
    varied = [factor for factor in FACTORS if found.effects.at[factor, "varied"]]
    short = case.options["short"]
    top = found.leads.sort_values(ascending=False, kind="stable").head(3)
    leads = joined(f"{short[option]} leads in {percent(share)}" for option, share in top.items() if share > 0)
    error = found.effects.loc[varied, ["main_error", "total_error", "share_error"]].to_numpy(dtype=float)
    words = text(
        said.how_read(found, case),
        f"{said.varied(found, case)} {leads}.",
        said.counted(found, case) if "future" in varied else "",
        extra=(
            f"Largest standard error: {100 * error.max():.1g} %." if error.size and error.max() > 0 else "",
            f"One method a family, each counting the same: {joined(map(method_name, found.methods))}."
            if "method" in varied
            else "",
            "More is varied here than in the draws of other slides, so shares of who leads differ from theirs."
            if {"evidence", "preferences"} & set(varied)
            else "",
        ),
    )
    least_sure = judged(case, widest(case, list(top.index[:2])))
    told = notes(
        "Each source is varied alone and with the others; the bars are shares of the uncertainty about who leads.",
        "The least sure scores of the options that lead most often:" if least_sure else "",
        least_sure,
    )
    columns: list[list[object]] = [[words]]
    if found.uncertainty > 0:
        parts = 100 * found.effects.loc[varied, ["main", "total", "share"]].astype(float).clip(lower=0)
        parts = parts.sort_values("share", ascending=False, kind="stable")
        more = (parts["total"] - parts["main"]).clip(lower=0)
        bars = Bars(
            labels=tuple(f"{FACTOR_NAMES[factor]}: {share:.0f} %" for factor, share in parts["share"].items()),
            series=(("By itself", tuple(parts["main"].round(1))), ("More, with others", tuple(more.round(1)))),
            colours=(palette.BRIGHT[0], PALE),
            alt="Stacked bars: per cent of the uncertainty about who leads, by source, by itself and with others.",
        )
        columns.insert(0, [bars])
    deck.page(said.comes_from(found, case), told, *columns)  # type: ignore[arg-type]
