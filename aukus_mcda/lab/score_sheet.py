# SPDX-License-Identifier: Apache-2.0
"""The score sheet: every score with its reason and evidence, changed in place; each change a later judgement.

The browser shows, refuses what lies off a scale and ranks at once (`score_sheet.js`); Python checks the whole case
again and writes. See docs/how-to/judge-scores.md.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pandas as pd
import traitlets

from ..case import TABLES, Case, clock, own_rows_in, with_own_scores, write_own_rows
from ..errors import AukusMcdaError, CaseError, WeightsError
from ..guard import FilePath, guarded
from ..ranking import Ranking, rank
from ..story import own_changes, spelt
from ..text import weights_named
from ..weights import append_line
from .browser import Reporting, read_together
from .store import weights_to_begin_with

SCORE_KEY = ["option", "criterion", "as_of"]


@guarded(AukusMcdaError)
class ScoreSheet(Reporting):
    """Every score of a case with its reason, evidence and judge; a score is changed with a reason, and undone.

    A change is a later judgement of the same score, kept in ``work/<case id>/scores.csv`` with who made it and when;
    every change ever made is in ``scores.jsonl`` beside it. The case's own files are not touched. Other notebooks
    have the changes by ``load_case(where, own=True)``.

    Parameters
    ----------
    case : Case
    work : str or Path, optional
        The folder to keep changes in; ``work/<case id>`` if not given.

    Raises
    ------
    AukusMcdaError
        When the case is of an earlier day than its latest judgements, or what the folder holds does not fit it.

    Examples
    --------
    >>> from aukus_mcda import ScoreSheet, load_case
    >>> sheet = ScoreSheet(load_case("aukus_plus_two"), work="no_such_folder")
    >>> sheet.case.own_scores
    ()
    """

    _esm = read_together("sums.js", "words.js", "page.js", "outbox.js", "reasons.js", "score_sheet.js")
    _css = read_together("board.css", "reasons.css", "score_sheet.css")
    judgements = traitlets.List().tag(sync=True)
    weighed = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, *, work: FilePath | None = None) -> None:
        if case.about.day and (case.history["as_of"] > case.about.day).any():
            remedy = "A change is a judgement of today: load the case without as_of."
            raise AukusMcdaError(f"This case is as of {case.about.day}; some scores were judged later. {remedy}")
        self._log_to(case, work, "scores.jsonl")
        self._table, rows = self.folder / "scores.csv", own_rows_in(self.folder, "scores")
        if len(case.own_judgements):  # loaded with its changes: what was taken back since must not stay
            case = with_own_scores(case, rows.iloc[:0], self._table)
        self._plain, self._weights = case, weights_to_begin_with(case, self.folder)
        self.case = with_own_scores(case, rows, self._table)
        data = self._shared_data() | {
            "options": case.options[["name", "short"]].rename_axis("id").reset_index().to_dict("records"),
            "screened": case.screened.to_dict(),
            "reasons": reasons_behind(case, case.history),
            "scales": own_changes(case),
        }
        super().__init__(data=data, judgements=_in_order(rows))
        self._follow()

    @property
    def ranking(self) -> Ranking:
        """`rank` of the case with the changes, under the weights saved for it or the baseline's."""
        return rank(self.case, self._weights)

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        return f"The scores of {self.case.about.title}, {len(self.case.own_scores)} changed. Run the cell to use it."

    def _follow(self, _: object = None) -> None:
        """Rank under the weights as they are by now."""
        with suppress(WeightsError):  # a board says what is wrong with those saved; the last ones stand
            self._weights = weights_to_begin_with(self._plain, self.folder)
        self.weighed = {"weights": self._weights.values.to_dict(), "under": weights_named(self._weights.name)}

    def _take(self, entry: dict[str, Any]) -> None:
        """One score's own judgements as they are to be, in the place of those that the browser knew of."""
        cell = (entry["option"], entry["criterion"])
        if cell not in self._plain.scores.index:
            raise AukusMcdaError(f"There is no score of {cell[0]!s:.40} on {cell[1]!s:.40}.")
        rows = own_rows_in(self.folder, "scores")
        here = (rows["option"] == cell[0]) & (rows["criterion"] == cell[1])
        rows_of = (rows[here].to_dict("records"), entry["was"], entry["rows"])
        now, was, wanted = (self._dated(each, cell) for each in rows_of)
        line = {"at": entry["at"], "kind": "score", "option": cell[0], "criterion": cell[1], "was": now, "rows": wanted}
        table = pd.concat([rows[~here], pd.DataFrame(wanted, columns=rows.columns)])
        table = table.sort_values(SCORE_KEY, ignore_index=True)
        try:
            if now not in (was, wanted):  # as wanted: it was written before, and the browser was not told
                self.case, self.judgements = with_own_scores(self._plain, rows, self._table), _in_order(rows)
                raise AukusMcdaError(_meanwhile(now))
            if not all(row["rationale"].strip() and row["judged_by"].strip() for row in wanted):
                raise AukusMcdaError("A change needs a reason, and the name of whoever makes it.")
            case = with_own_scores(self._plain, table, self._table)
        except AukusMcdaError as error:
            append_line(self.path, line | {"written": False})
            if not isinstance(error, CaseError):
                raise
            fault = error.faults.iloc[0]
            expected = spelt(f"found {fault['found']}; expected {fault['expected']}", self._plain)
            raise AukusMcdaError(f"Not changed: {expected}. {fault['remedy']}") from None
        write_own_rows(self.folder, "scores", table)
        self.case, self.judgements = case, table.to_dict("records")
        append_line(self.path, line | {"written": True})

    def _dated(self, rows: list[dict[str, str]], cell: tuple[str, str]) -> list[dict[str, str]]:
        """Rows in order, one a day; one without a date is of today, or of the day of the judgement that it changes."""
        today = max(clock().date().isoformat(), self._plain.scores.at[cell, "as_of"])
        by_day = {row["as_of"] or today: row for row in rows}
        rests_on = ";".join(self._plain.scores.at[cell, "depends_on"])
        key = dict(zip(SCORE_KEY, cell, strict=False)) | {"depends_on": rests_on}
        whole = [{**by_day[day], **key, "as_of": day} for day in sorted(by_day)]
        return [{name: row.get(name, "") for name in TABLES["scores"]} for row in whole]


def _in_order(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Judgements for the browser: of one score the latest last, in whatever order a file has them."""
    return list(rows.sort_values(SCORE_KEY).to_dict("records"))


def _meanwhile(rows: list[dict[str, str]]) -> str:
    """What became of a score that somebody else changed in between."""
    if not rows:
        return "Meanwhile the change of this score was taken back. Yours is not written: save it again if you want it."
    last = rows[-1]
    remedy = "Yours is not written: save it again to put it in the place of theirs."
    return f"Meanwhile this score was changed to {last['likely']} by {last['judged_by']}: {last['rationale']} {remedy}"


def reasons_behind(case: Case, judged: pd.DataFrame) -> dict[str, Any]:
    """What is behind scores, for the browser: judgements with their reasons, the scales, and the evidence cited.

    Parameters
    ----------
    case : Case
    judged : DataFrame
        Judgements of scores, with option and criterion as columns.
    """
    cited = sorted(set(judged["evidence"].explode().dropna()))
    items = case.evidence.reindex(columns=["claim", "source", "credibility", "status"])
    items = items[items.index.isin(cited)].join(
        case.sources[["title", "publisher", "published", "address", "reliability"]], on="source"
    )
    scales = case.criteria.loc[list(case.leaves), ["unit", "worst", "best"]].to_dict("index")
    for leaf, scale in scales.items():
        scale["levels"] = [[float(level), means] for level, means in case.levels_of(leaf)[1:-1].items()]
        scale["corners"] = [part.tolist() for part in case.value_function(leaf).corners]
    records = judged[list(TABLES["scores"])].to_dict("records")
    return {"judged": records, "evidence": items.fillna("").to_dict("index"), "scales": scales}
