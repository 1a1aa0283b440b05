# SPDX-License-Identifier: Apache-2.0
"""Guides, which ask one plain question a screen: for swing weights, for what steps on a scale are worth, and a check.

The browser asks and shows (`guide.js` and the `.js` named after each), Python weighs and folds; every answer is logged
as it is given. See docs/how-to/change-weights.md and docs/how-to/judge-scores.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from ..case import TABLES, Case, clock, folder_name, own_rows_in, probed, with_shape, write_own_rows
from ..errors import AukusMcdaError, WeightsError, listed, shown
from ..guard import FilePath, guarded
from ..ranking import Stretch, competing, doubt, leaders_along, rank
from ..story import spelt
from ..text import joined
from ..weights import ANSWERS, ElicitationLog, Weights, append_line, replay
from . import store
from .browser import Reporting, read_together

HALVED = {50: (0, 100), 25: (0, 50), 75: (50, 100)}
"""The values whose scores are asked for, in order, and the values between which each lies half way."""


@guarded(WeightsError)
class SwingGuide(Reporting):
    """Swing weights, asked step by step: the biggest swing, the others beside it, a check at the end.

    Parameters
    ----------
    case : Case
    parent : str
        Ask only about the criteria beneath this one; all if not given.
    work : str or Path, optional
        The folder to log and save in; ``work/<case id>`` if not given.
    resume : bool
        False: begin afresh, whatever the log holds.

    Raises
    ------
    WeightsError
        When ``parent`` is not a criterion of the case, or has none beneath it.

    Examples
    --------
    >>> from aukus_mcda import SwingGuide, load_case
    >>> guide = SwingGuide(load_case("aukus_plus_two"), work="no_such_folder")
    >>> guide.path.as_posix()
    'no_such_folder/swing.jsonl'
    """

    _esm = read_together("words.js", "page.js", "outbox.js", "guide.js", "swing_guide.js")
    _css = read_together("board.css", "swing_guide.css")
    answers = traitlets.List().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    kept = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, parent: str = "", *, work: FilePath | None = None, resume: bool = True) -> None:
        self.parent, parents = parent, _beneath(case, parent)
        self._log_to(case, work, f"swing{parent and '-' + folder_name(parent)}.jsonl", parents)
        answers = self._logged() if resume else []
        self._log = ElicitationLog(self.path) if answers else None
        data = self._shared_data(max((str(answer.get("at", "")) for answer in answers), default=""), resume)
        data["within"] = case.criteria.at[parent, "name"] if parent else ""
        super().__init__(data=data, answers=answers, result=self._result())
        self._follow()

    @property
    def weights(self) -> Weights:
        """The weights the answers so far amount to: the replay of the log.

        Over all leaves, or those beneath ``parent``.

        Raises
        ------
        WeightsError
            While answers are missing, saying which.
        """
        logged = replay(self.path) if self._log else None
        if logged is None or logged.weights is None:
            why = logged.unfinished if logged else "No question has been answered."
            raise WeightsError(f"These weights are not finished. {why}")
        return logged.weights

    def _logged(self) -> list[dict[str, Any]]:
        """The answers in the log, if they are about these criteria between these anchors."""
        if not self.path.exists():
            return []
        start, *answers = replay(self.path).answers or ({},)
        return answers if start.get("settings") == self._settings and start.get("method") == "swing" else []

    def _record(self, change: Any) -> None:
        super()._record(change)
        if change["new"]:
            self.answers = self._logged() if self._log else []
            self.result = self._result()
            self._follow()

    def _take(self, entry: dict[str, Any]) -> None:
        """One answer into the log; ``finish`` puts the weights where the next notebook finds them, locked if asked."""
        kind, answer = entry["kind"], entry["answer"]
        if kind == "finish":
            weights = self._whole()
            change = f"answers to the guide{self.parent and ' on '}{self.parent}"
            points, by = weights.points.to_dict(), entry["id"].rpartition(":")[0]
            store.save_weights(self.case, self.folder, points, "", weights, by=by, change=change, at=str(entry["at"]))
            if answer.get("lock"):
                lock = {"kind": "lock", "author": str(answer["lock"]), "at": entry["at"]}
                store.change_sets(self.case, self.folder, lock, weights)
            return
        if kind not in ANSWERS["swing"]:
            raise WeightsError(f"This guide does not ask for {kind!s:.40}.")
        named = [answer[name] for name in ("criterion", "a", "b") if name in answer]
        strange = [str(name) for name in named if name not in self._settings["parents"]]
        if strange:
            raise WeightsError(f"No criterion called {listed(strange)} here.")
        if self._log is None or not self.path.exists():  # somebody may have moved the folder away
            self._log = store.begun_log(self.path, self._settings)
        self._log.append(kind, at=str(entry["at"]), **answer)

    def _whole(self) -> Weights:
        """The weights of the whole tree: other branches than the one asked about stay as they are."""
        weights = self.weights
        if self.parent:
            weights = _grafted(self.case, weights, store.weights_to_begin_with(self.case, self.folder))
        return weights

    def _follow(self, _: object = None) -> None:
        """When My weights were saved, and whether they are those that the answers give."""
        try:
            saved, answered = store.read_saved(self.case, self.folder), self._whole()
        except WeightsError:
            self.kept = {}
            return
        same = saved is not None and saved.points == answered.points.to_dict()
        lock = store.read_notes(self.folder)["locked"]
        self.kept = {} if saved is None else {"at": saved.at, "same": same, "lock": lock}

    def _result(self) -> dict[str, Any]:
        """What the last screen shows: the weights, or why there are none yet."""
        try:
            weights = self.weights
        except AukusMcdaError as error:
            return {"why": spelt(str(error), self.case)}
        both = {"low": weights.low, "high": weights.high}
        ends = {name: None if end is None else end.to_dict() for name, end in both.items()}
        findings = [spelt(finding, self.case) for finding in weights.findings]
        return {"weights": weights.values.to_dict(), "findings": findings, **ends}


def _beneath(case: Case, parent: str) -> dict[str, str]:
    """Node to parent for the part of the value tree beneath a criterion, whose children become roots."""
    tree = case.criteria["parent"]
    if parent and parent not in tree.index:
        raise WeightsError(f"No criterion called {parent}. There are: {listed(tree.index)}.")
    inside = {node: above for node, above in tree.items() if not parent or parent in case.branch_of(node)[1:]}
    if not inside:
        raise WeightsError(f"{parent} has no criteria beneath it to compare.")
    return {node: "" if above == parent else above for node, above in inside.items()}


def _grafted(case: Case, branch: Weights, whole: Weights) -> Weights:
    """A branch's weights in the place of those that the whole tree had there."""
    points = branch.points.combine_first(case.tree_points(whole)).reindex(case.criteria.index)
    others = {pair: times for pair, times in whole.details.get("ratios", {}).items() if pair[0] not in branch.points}
    ends = pd.DataFrame({"low": points, "high": points})
    for weights, criteria in ((whole, points.index.difference(branch.points.index)), (branch, branch.points.index)):
        if weights.point_range is not None:
            ends.update(weights.point_range.reindex(criteria))
    return store.swing_on(case, points, **ends, ratios={**others, **branch.details.get("ratios", {})})


def midvalues(answers: Sequence[Mapping[str, Any]], worst: float, best: float) -> dict[int, float]:
    """The scores that are worth 0, 100 and as much as was answered in between, by value.

    The score worth half of what lies between two scores is looked for in two questions: is the step from the one to
    the middle worth more, or the step from there to the other? Each answer halves where it can be; the middle of what
    is left is taken, at most an eighth of the way from the true one. An answer counts where its very question is asked.

    References
    ----------
    Von Winterfeldt and Edwards (1986), *Decision Analysis and Behavioral Research*; Belton and Stewart (2002),
    *Multiple Criteria Decision Analysis*, ch. 5, doi:10.1007/978-1-4615-1495-4.

    Examples
    --------
    >>> steps = {5: "first", 2.5: "same"}
    >>> midvalues([{"from": 0, "middle": middle, "to": 10, "more": more} for middle, more in steps.items()], 0, 10)
    {0: 0, 100: 10, 50: 2.5}
    """
    given = {(each["from"], each["middle"], each["to"]): each["more"] for each in answers}
    scores = {0: worst, 100: best}
    for value, (below, above) in HALVED.items():
        if not {below, above} <= scores.keys():
            break
        start, end = low, high = scores[below], scores[above]
        for _ in range(2):
            middle = (low + high) / 2
            more = given.get((start, middle, end))
            halves = {"first": (low, middle), "second": (middle, high), "same": (middle, middle)}
            low, high = halves.get(str(more), (low, high))
            if more in (None, "same"):
                break
        if more is not None:
            scores[value] = (low + high) / 2
    return scores


def _entries_in(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a log; one that was cut short is left out."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def _replace_row(folder: Path, name: str, row: Mapping[str, Any], key: list[str]) -> None:
    """Put a row into a table of the analyst's own, in the place of the one that its key names."""
    table = own_rows_in(folder, name)
    others = table[(table[key] != [row[column] for column in key]).any(axis=1)]
    new = pd.DataFrame([row]).reindex(columns=table.columns, fill_value="")
    write_own_rows(folder, name, pd.concat([others, new]))


@guarded(AukusMcdaError)
class ValueGuide(Reporting):
    """How much a step on a scale is worth, asked by halving: a half, two quarters, a question that checks them.

    What it finds is the ``shape`` of the criterion; ``case`` is the case with it, once all is answered. Weights stay
    valid: a bend between the ends of a scale does not change what the swing from end to end is worth.

    Parameters
    ----------
    case : Case
    criterion : str
        The id of a criterion that is scored.
    work : str or Path, optional
        The folder to log and save in; ``work/<case id>`` if not given.
    resume : bool
        False: begin afresh, whatever the log holds.

    Raises
    ------
    AukusMcdaError
        When the case has no scale of that name.

    Examples
    --------
    >>> from aukus_mcda import ValueGuide, load_case
    >>> guide = ValueGuide(load_case("aukus_plus_two"), "int_data", work="no_such_folder")
    >>> guide.shape
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.AukusMcdaError: The scale is not finished: 3 of its points are still to be asked for.
    """

    _esm = read_together("words.js", "page.js", "outbox.js", "guide.js", "reasons.js", "value_guide.js")
    _css = read_together("board.css", "swing_guide.css", "value_guide.css")
    answers = traitlets.List().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, criterion: str, *, work: FilePath | None = None, resume: bool = True) -> None:
        if criterion not in case.leaves:
            raise AukusMcdaError(f"No scale called {criterion}. There are: {listed(case.leaves)}.")
        self._log_to(case, work, f"value-{folder_name(criterion)}.jsonl", {criterion: ""})
        self._given, self.criterion, self._scale = case, criterion, case.criteria.loc[criterion]
        entries = _entries_in(self.path) if resume else []
        data = self._shared_data(resume=resume) | {"scale": self._scale[["unit", "worst", "best"]].to_dict()}
        super().__init__(data=data, answers=[each for each in entries if each["kind"] == "midvalue"])
        self.result = self._result()

    @property
    def shape(self) -> str:
        """The bends, as the cell ``shape`` of criteria.csv has them; blank for a straight line.

        Raises
        ------
        AukusMcdaError
            While points are missing.
        """
        scores = self._scores()
        missing = len(HALVED) - len(scores) + 2
        if missing:
            raise AukusMcdaError(f"The scale is not finished: {missing} of its points are still to be asked for.")
        worst, best = scores[0], scores[100]
        if all(scores[value] == worst + (best - worst) * value / 100 for value in HALVED):
            return ""
        return ";".join(f"{shown(score)}:{value}" for score, value in sorted((scores[each], each) for each in HALVED))

    def _scores(self) -> dict[int, float]:
        return midvalues(self.answers, float(self._scale["worst"]), float(self._scale["best"]))

    def _take(self, entry: dict[str, Any]) -> None:
        """One answer into the log; ``finish`` writes the shape, with the reason."""
        answer = {"at": str(entry["at"]), "kind": entry["kind"], "criterion": self.criterion, **entry["answer"]}
        if entry["kind"] == "finish":
            if not answer["reason"].strip():
                raise AukusMcdaError("A bend needs a reason.")
            row = {"criterion": self.criterion, "shape": self.shape, "as_of": clock().date().isoformat()}
            row |= {name: answer[name].strip() for name in ("reason", "judged_by")}
            row["anchors"] = self._given.scale_digests[self.criterion]
            _replace_row(self.folder, "shapes", row, ["criterion"])
        elif answer.get("more") not in ("first", "second", "same"):
            raise AukusMcdaError("This guide asks which step is worth more: the first, the second, or both the same.")
        append_line(self.path, answer)
        if entry["kind"] == "midvalue":
            self.answers = [*self.answers, answer]
            self.result = self._result()

    def _result(self) -> dict[str, Any]:
        """What the last screen shows: the shape, its line of criteria.csv, and who would lead."""
        self.case = self._given
        if len(self._scores()) < len(HALVED) + 2:
            return {}
        self.case = with_shape(self._given, self.criterion, self.shape)
        weights = store.weights_to_begin_with(self._given, self.folder)
        leading = (list(rank(case, weights).leaders) for case in (self._given, self.case))
        was, now = (joined(self.case.options["short"][each]) for each in leading)
        row = self.case.criteria.loc[[self.criterion]].reset_index(names="id")[list(TABLES["criteria"])]
        leads = f"{now} ranks first, as before." if was == now else f"{now} would rank first, instead of {was}."
        line = row.to_csv(index=False, header=False, float_format="%.15g").strip()
        return {"shape": self.shape, "line": line, "leads": leads}


@guarded(AukusMcdaError)
class TradeOffCheck(Reporting):
    """Questions that hold the weights to what they say: this step given up to gain that one.

    Both steps are worth the same by the weights in force. Of all pairs of siblings the one is asked about whose
    possible weights, as judged, split most evenly between different leaders; it stops when none splits. A branch is
    asked about by the scale in it that weighs most. Last come pairs of criteria whose sum may mislead, asked about both
    ways: is the one still wanted where the other is settled? Answers change no weight.

    Parameters
    ----------
    case : Case
    work : str or Path, optional
        The folder the weights and the answers are kept in; ``work/<case id>`` if not given.

    Examples
    --------
    >>> from aukus_mcda import TradeOffCheck, load_case
    >>> check = TradeOffCheck(load_case("aukus_plus_two"), work="no_such_folder")
    >>> check.question  # the baseline's leader stands within all that was judged of two criteria: no trade is asked
    {'criterion': 'det_picture', 'beside': 'det_denial'}
    """

    _esm = read_together("words.js", "page.js", "outbox.js", "guide.js", "reasons.js", "trade_offs.js")
    _css = read_together("board.css", "swing_guide.css", "trade_offs.css")
    question = traitlets.Dict().tag(sync=True)
    answered = traitlets.List().tag(sync=True)
    ending = traitlets.Unicode().tag(sync=True)

    def __init__(self, case: Case, *, work: FilePath | None = None) -> None:
        self._log_to(case, work, "trade_offs.jsonl")
        self._weights, self._values = store.weights_to_begin_with(case, self.folder), competing(case)
        self._pairs = self._pairs_weighed()
        self._entries = _entries_in(self.path)
        self._probes = [way for pair in case.doubtful_pairs for way in (pair, pair[::-1])]
        scales = case.criteria.loc[list(case.leaves), ["unit", "worst", "best"]].to_dict("index")
        super().__init__(data=self._shared_data() | {"scales": scales})
        self._ask()

    def _follow(self, _: object = None) -> None:
        """Ask about the weights as they are by now."""
        with suppress(WeightsError):  # a board says what is wrong with those saved; the last ones stand
            weights = store.weights_to_begin_with(self.case, self.folder)
            if weights is not self._weights:
                self._weights = weights
                self._pairs = self._pairs_weighed()
                self._ask()

    def _pairs_weighed(self) -> dict[tuple[str, str], tuple[float, list[Stretch]]]:
        """By pair of siblings, the heavier first: its share of their weight, who leads along the possible shares."""
        values, parents = self._values.to_numpy(), self.case.criteria["parent"]
        leaves = self._weights.values.reindex(self._values.columns)
        above = {leaf: self.case.branch_of(leaf) for leaf in leaves.index}
        within = {node: leaves * [node in above[leaf] for leaf in leaves.index] for node in parents.index}
        total = {node: float(part.sum()) for node, part in within.items()}
        pairs = {}
        for one, other in combinations(parents.index, 2):
            give, gain = (one, other) if total[one] >= total[other] else (other, one)
            if parents[one] == parents[other] and total[gain] > 0:
                both = total[give] + total[gain]
                sides = [values @ within[node].to_numpy() * both / total[node] for node in (give, gain)]
                start = values @ (leaves - within[give] - within[gain]).to_numpy() + sides[1]
                low, high = self._weights.share_range(give, gain)
                pairs[give, gain] = total[give] / both, leaders_along(start, sides[0] - sides[1], low, high)
        return pairs

    def _heaviest(self, node: str) -> str:
        """The scale that weighs most in a branch: the one a question about the branch is put on."""
        beneath = [leaf for leaf in self.case.leaves if node in self.case.branch_of(leaf)]
        return str(self._weights.values[beneath].idxmax())

    def _ask(self) -> None:
        """The next question, what the answers so far say of the weights, and the end when there is no more to ask."""
        pairs = self._pairs
        given = {  # those given beside the weights as they are; the last of each pair counts
            tuple(each["pair"]): each
            for each in self._entries
            if abs(pairs.get(tuple(each["pair"]), (np.inf,))[0] - each["share"]) < 1e-9
        }
        probes = own_rows_in(self.folder, "probes").to_dict("records")
        name = self.case.criteria["name"]
        self.answered = [
            *(each | {"remark": self._remark(each, *pairs[pair])} for pair, each in given.items()),
            *(each | {"remark": probed(each["answer"], *name[[each["criterion"], each["beside"]]])} for each in probes),
        ]
        doubts = {pair: doubt(stretches) for pair, (_, stretches) in pairs.items() if pair not in given}
        pair = max(doubts, key=lambda each: doubts[each], default=None)
        if pair is None or doubts[pair] <= 0:
            asked = [(each["criterion"], each["beside"]) for each in probes]
            next_one = next((way for way in self._probes if way not in asked), ())
            self.question = dict(zip(("criterion", "beside"), next_one, strict=False))
            self.ending = "No other trade between two criteria, each as far as it was judged, could change who leads."
            return
        weights = self._weights.values
        give, gain = sorted(map(self._heaviest, pair), key=lambda leaf: -weights[leaf])
        scale, left = self.case.value_function(give), 100 - 100 * float(weights[gain] / weights[give])
        step = {"from": float(scale.best), "to": float(scale.inverse(left))}
        self.question = {"pair": [*pair], "give": give, "gain": gain, "share": pairs[pair][0], **step}
        self.question |= {"doubt": doubts[pair]}

    def _remark(self, answer: dict[str, Any], share: float, stretches: list[Stretch]) -> str:
        """What an answer says of the weights, and whether another option leads where it points."""
        if answer["answer"] == "same":
            return "Your answer agrees with the weights."
        favoured = answer["gain" if answer["answer"] == "yes" else "give"]
        rises = answer["pair"][0] in self.case.branch_of(favoured)  # the share of the first of the pair
        more, less = (self.case.criteria.at[node, "name"] for node in answer["pair"][:: 1 if rises else -1])
        sentence = f"The weights say otherwise: you find {more} worth more beside {less} than they have it."
        ahead = [each for each in stretches if (each[1] > share if rises else each[0] < share)][:: 1 if rises else -1]
        if len(ahead) < 2:
            return f"{sentence} The leader stays the same."
        at, other = ahead[0][1 if rises else 0], self.case.options.at[self._values.index[ahead[1][2]], "short"]
        times = (at / (1 - at)) / (share / (1 - share))
        return f"{sentence} At {max(times, 1 / times):.2g} times as much {other} would lead: set these weights again."

    def _take(self, entry: dict[str, Any]) -> None:
        """One answer into the log; what is preferred of two options alike in all but a criterion, into its table."""
        answer = {"at": str(entry["at"]), "kind": "trade_off", **entry["answer"]}
        if probe := "beside" in answer:
            words, named = TABLES["probes"]["answer"].words, (answer["criterion"], answer["beside"]) in self._probes
        else:
            words, named = ("yes", "no", "same"), {answer["give"], answer["gain"]} <= {*self.case.leaves}
        if not named or answer.get("answer") not in words:
            raise AukusMcdaError(f"This check does not ask for {shown(answer.get('answer'))}.")
        if probe:
            _replace_row(self.folder, "probes", answer, ["criterion", "beside"])
        else:
            append_line(self.path, answer)
            self._entries.append(answer)
        self._ask()
