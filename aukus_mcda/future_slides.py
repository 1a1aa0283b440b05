"""Slides on the futures and on where the uncertainty about who leads comes from."""

from __future__ import annotations

from . import future_wording as said
from . import palette
from .attribution import Joint
from .case import Case
from .combining import FACTORS
from .deck import BELOW_TITLE, BOTTOM, LEFT, WIDTH, Deck, add_bars, add_table, text_box
from .future_plots import FACTOR_NAMES
from .futures import Futures
from .measuring import one_line
from .wording import joined, percent

SHOWN = 12
"""Rows a table can hold on one slide."""
PALE = "#A9C1D9"


def in_futures(deck: Deck, found: Futures, case: Case) -> None:
    """How each option fares over all futures, and when today's leader fails; nothing without futures."""
    if found.leads_in is None:
        return
    slide = deck.slide(said.in_futures(found, case))
    table = found.summary.sort_values(["greatest_regret", "within"], ascending=[True, False], kind="stable")
    widths = (2.3, 0.95, 1.3, 1.2, 1.25)
    rows = [
        [
            one_line(case.options.at[option, "short"], 72 * widths[0] - 10, 12),
            f"{row['first_in']} of {row['of']}",
            f"{row['greatest_regret']:.1f}",
            f"{row['least_score']:.1f}",
            percent(row["within"]),
        ]
        for option, row in table.head(SHOWN).iterrows()
    ]
    header = ["Option", "Leads in", "Gives up at most", "Worst score", f"Within {found.margin:g} points"]
    add_table(slide, header, rows, LEFT, BELOW_TITLE, widths, 12, right=(1, 2, 3, 4))
    text = [
        said.regrets(found, case),
        said.within(found, case),
        said.failing(found, case),
        f"{said.counted(found, case)} The case as judged is counted as one of {len(found.names)}. "
        "Points given up are beside the best option of each future, on likely scores.",
    ]
    left = LEFT + sum(widths) + 0.35
    text_box(slide, _whole("\n\n".join(text)), left, BELOW_TITLE, LEFT + WIDTH - left, BOTTOM - BELOW_TITLE)


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
                [
                    found.names[future] if first else "",
                    leads if first else "",
                    row["statement"] or "No assumption cites the same evidence.",
                    critical,
                    row["signpost"],
                ]
            )
    for number, name in enumerate(found.unlinked):
        assumption = case.assumptions.loc[name]
        rows.append(
            ["None tests it" if number == 0 else "", "", assumption["statement"], "yes", assumption["signpost"]]
        )
    header = ["Future", "Leads there", "Assumption at stake", "Critical", "Signpost to watch"]
    deck.table_pages(said.announced(found, case), header, rows, (2.1, 1.6, 3.9, 0.95, 3.55), size=12)


def comes_from(deck: Deck, found: Joint, case: Case) -> None:
    """Where the uncertainty about who leads comes from, as bars of main effect and what is added with others."""
    varied = [factor for factor in FACTORS if found.effects.at[factor, "varied"]]
    slide = deck.slide(said.comes_from(found, case))
    if found.uncertainty > 0:
        shown = 100 * found.effects.loc[varied, ["main", "total", "share"]].astype(float).clip(lower=0)
        shown = shown.sort_values("share", ascending=False, kind="stable")
        add_bars(
            slide, [f"{FACTOR_NAMES[factor]}: {share:.0f} %" for factor, share in shown["share"].items()],
            [("By itself", shown["main"].round(1).tolist()),
             ("More, with others", (shown["total"] - shown["main"]).clip(lower=0).round(1).tolist())],
            [palette.BRIGHT[0], PALE], (LEFT - 0.1, BELOW_TITLE - 0.1, 6.6, BOTTOM - BELOW_TITLE), stacked=True,
            alt="Stacked bars: per cent of the uncertainty about who leads, by source, by itself and with others.",
        )  # fmt: skip
    short = case.options["short"]
    top = found.leads.sort_values(ascending=False, kind="stable").head(3)
    leads = joined(f"{short[option]} leads in {percent(share)}" for option, share in top.items() if share > 0)
    error = found.effects.loc[varied, ["main_error", "total_error", "share_error"]].to_numpy(dtype=float)
    text = [
        said.how_read(found, case),
        f"{said.varied(found, case)} {leads}.",
        f"Largest standard error: {100 * error.max():.1g} %." if error.size and found.uncertainty > 0 else "",
        said.counted(found, case) if "future" in varied else "",
        f"Ways of ranking, each counting the same: {', '.join(found.methods)}." if "method" in varied else "",
    ]
    left = 7.1 if found.uncertainty > 0 else LEFT
    text_box(
        slide, _whole("\n\n".join(filter(None, text))), left, BELOW_TITLE, LEFT + WIDTH - left, BOTTOM - BELOW_TITLE
    )


def _whole(text: str) -> str:
    """Text in which a number and its per cent sign stay on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")
