# SPDX-License-Identifier: Apache-2.0
"""Misuse of the public functions: whatever is given, the error is ours and comes soon.

Every parameter of every public function is given awkward values, one parameter at a time. The tests
run a seeded slice; ``MISUSE=all`` in the environment runs every value.
"""

from __future__ import annotations

import datetime as dt
import decimal
import inspect
import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import aukus_mcda
from aukus_mcda import AukusMcdaError, Case, load_case
from aukus_mcda.analysis import Study
from aukus_mcda.case import affirm
from aukus_mcda.export.slides import check_choices
from aukus_mcda.export.stamps import read_stamp
from aukus_mcda.panel import collect
from aukus_mcda.perspectives import Capitals, Futures, Joint, Packages, Vintages
from aukus_mcda.ranking import Flip, MethodComparison, Ranking
from aukus_mcda.uncertainty import Acceptability, Verdict

EVERY = os.environ.get("MISUSE") == "all"
SLICE = 9
"""Values tried for each parameter in the ordinary run."""
SECONDS = 20
"""What one call may take."""

LABELS = pd.MultiIndex.from_tuples([("a", "b"), ("c", "d")])
RESULTS = (Acceptability, Capitals, Flip, Futures, Joint, MethodComparison, Packages, Ranking, Study, Verdict, Vintages)
AWKWARD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "3": lambda: 3,
    "-1": lambda: -1,
    "0": lambda: 0,
    "0.5": lambda: 0.5,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "1e308": lambda: 1e308,
    "1e-300": lambda: 1e-300,
    "10**12": lambda: 10**12,
    "10**400": lambda: 10**400,
    "True": lambda: True,
    "Decimal": lambda: decimal.Decimal("sNaN"),
    "complex": lambda: 1j,
    "blank text": lambda: "",
    "unknown text": lambda: "nowhere",
    "odd text": lambda: "\x1b[31m\x00\ud800",
    "bytes": lambda: b"nowhere",
    "empty list": list,
    "list of lists": lambda: [[], [[]]],
    "list of numbers": lambda: [3, -1],
    "list of odd things": lambda: ["nowhere", None, {}],
    "tuple": lambda: ("a", "b", "c"),
    "empty mapping": dict,
    "mapping to numbers": lambda: {"nowhere": 3, "quality": -1},
    "mapping to odd things": lambda: {"quality": None, "cost": [3], 3: "x"},
    "mapping of pairs": lambda: {("quality", "nowhere"): 3, "cost": (1, 2)},
    "empty set": set,
    "set": lambda: {"quality", "cost"},
    "iterator": lambda: iter(["quality", [3]]),
    "object": object,
    "class": lambda: AukusMcdaError,
    "function": lambda: print,
    "day": lambda: dt.date(2026, 1, 31),
    "missing path": lambda: Path("no") / "such" / "place",
    "folder": lambda: Path(),
    "array": lambda: np.array([[1.0, np.nan], [2.0, np.inf]]),
    "array of objects": lambda: np.array([None, "x", {}], dtype=object),
    "number in an array": lambda: np.array(3),
    "empty frame": pd.DataFrame,
    "frame of nan": lambda: pd.DataFrame({"a": [1.0, np.nan], "b": [np.inf, 2.0]}),
    "frame of text": lambda: pd.DataFrame({"a": ["x", ""], "b": [None, []]}),
    "frame with labels twice": lambda: pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["a", "a"], columns=["b", "b"]),
    "frame with deep labels": lambda: pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=LABELS, columns=LABELS),
    "empty series": lambda: pd.Series(dtype=float),
    "series of odd things": lambda: pd.Series({"quality": None, "cost": [3], 3: "x"}, dtype=object),
    "series with labels twice": lambda: pd.Series([1.0, 2.0], index=["quality", "quality"]),
    "series with deep labels": lambda: pd.Series([1.0, 2.0], index=LABELS),
    "missing value": lambda: pd.NA,
}


@contextmanager
def soon(seconds: int) -> Iterator[None]:
    """A call that takes longer fails; where the system has no alarm, once it is over."""

    def late(*_: object) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    start = time.monotonic()
    if hasattr(signal, "SIGALRM"):
        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(seconds)
    try:
        yield
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
    if time.monotonic() - start > seconds:
        late()


def public() -> dict[str, Callable[..., Any]]:
    """Everything public that can be called, by name: functions, classes, and what they can do."""
    named = {name: getattr(aukus_mcda, name) for name in aukus_mcda.__all__}
    named |= {result.__name__: result for result in RESULTS}
    calls = {name: each for name, each in named.items() if not inspect.isclass(each)}
    for name, each in named.items():
        if inspect.isclass(each) and not issubclass(each, Exception):
            if not results(each):
                calls[name] = each
            for base in each.__mro__:
                if base.__module__.startswith("aukus_mcda"):
                    own = [kept for kept in vars(base) if kept[0] != "_" and called(getattr(each, kept))]
                    calls |= {f"{name}.{method}": getattr(each, method) for method in own}
    return calls


def called(each: object) -> bool:
    return inspect.isfunction(each) or inspect.ismethod(each)


def results(each: type) -> bool:
    """Whether a class only holds what a function found: nothing is computed when one is made."""
    return is_dataclass(each) and each is not aukus_mcda.Weights


Valid: TypeAlias = Callable[[str], tuple[dict[str, Any], Callable[..., Any]]]


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Valid:
    """Arguments with which each public function works, by its name, and the function; a method is bound."""
    case = load_case("starter")
    folder = tmp_path_factory.mktemp("written")
    tested = aukus_mcda.study(case, draws=100)
    log = aukus_mcda.ElicitationLog(folder / "log.jsonl")
    log.append("start", method="swing")
    table = pd.DataFrame({"quality": [8.0, 5.0, 6.0], "cost": [40.0, 10.0, 20.0]}, index=["A", "B", "C"])
    points = {"quality": 100.0, "cost": 50.0}
    swung = aukus_mcda.swing(points)
    board = aukus_mcda.WeightBoard(case, work=folder / "work", draws=100)
    scales = {"id": list(points), "direction": ["max", "min"], "worst": [0, 50], "best": [10, 0]}
    scores = {"option": ["A", "A", "B", "B"], "criterion": [*points, *points], "likely": [8, 40, 5, 10]}
    common = {
        "case": case, "study": tested, "weights": "baseline", "draws": 100, "path": folder / "out",
        "work": folder / "work", "best_first": list(points), "criteria": list(points), "points": points,
        "performance": table, "directions": {"quality": "max", "cost": "min"}, "ranking": tested.ranking,
        "bounds": {"quality": (0, 10), "cost": (0, 50)}, "capitals": tested.capitals,
        "options": tested.packages.options,
    }  # fmt: skip
    judged: dict[str, dict[str, Any]] = {
        "acceptability": {"value_draws": table, "weight_draws": [[0.5, 0.5], [0.2, 0.8]], "options": list("ABC")},
        "ahp": {"comparisons": {("a", "b"): 2.0, ("b", "c"): 3.0}},
        "around": {"weights": points, "spread": 0.05},
        "bwm": {"best_to_others": {"a": 1, "b": 2, "c": 4}, "others_to_worst": {"a": 4, "b": 2, "c": 1}},
        "choose": {"name": "weight"},
        "opening": {"name": "answer"},
        "combine": {"judges": {"one": swung, "other": aukus_mcda.equal(points)}},
        "draw_weights": {"space": aukus_mcda.any_weights(), "leaves": list(points)},
        "kendall_w": {"ranks": pd.DataFrame({"one": [1, 2, 3], "other": [2, 1, 3]}), "permutations": 100},
        "load_case": {"where": "starter"},
        "objective": {"rule": "critic"},
        "packages": {"effort": 5.0},
        "rank_agreement": {"reference": table["quality"].rank(), "other": table["cost"].rank()},
        "read_table": {"table": table},
        "regret": {"payoffs": table},
        "replay": {"path": log.path},
        "sweep": {"criterion": "quality", "points": 3},
        "verify": {"path": aukus_mcda.export_workbook(tested, folder / "book.xlsx")},
        "vintages": {"earlier": "2026-01-31", "later": "2026-06-30"},
        "ValueGuide": {"criterion": "quality"},
        "weight_range": {"weights": case.profile("baseline")},
        "export_slides": {"slides": ["ranking"]},
        "Weights": {"values": swung.values, "method": "swing"},
        "Case.from_frames": {"criteria": pd.DataFrame(scales), "scores": pd.DataFrame(scores), "weights": None},
    }  # fmt: skip
    bound: dict[str, tuple[object, dict[str, Any]]] = {
        "Capitals.disagreement_by_root": (tested.capitals, {"case": case}),
        "Case.branch_of": (case, {"criterion": "quality"}),
        "Case.root_of": (case, {"criterion": "quality"}),
        "Case.value_function": (case, {"leaf": "quality"}),
        "Case.levels_of": (case, {"leaf": "quality"}),
        "Case.save": (case, {"where": "saved"}),
        "Case.scores_on": (case, {"day": "2026-01-31"}),
        "Case.profile": (case, {"name": "baseline"}),
        "Case.weights": (case, {"given": "baseline"}),
        "Case.tree_points": (case, {"weights": case.profile("baseline")}),
        "ElicitationLog.append": (log, {"kind": "points", "criterion": "cost", "points": 50}),
        "Packages.having": (tested.packages, {"status": "core"}),
        "Study.export": (tested, {"path": folder / "study.xlsx"}),
        "Study.show": (tested, {"name": "ranking"}),
        "WeightBoard.export_html": (board, {"path": folder / "board.html"}),
        "Weights.change": (swung, {"points": {"cost": 20.0}}),
        "Weights.share_range": (swung, {"one": "quality", "other": "cost"}),
    }

    def arguments(name: str) -> tuple[dict[str, Any], Callable[..., Any]]:
        if name in bound:
            return bound[name][1], getattr(bound[name][0], name.split(".")[1])
        call, own = PUBLIC[name], judged.get(name, {})
        asked = [
            each.name
            for each in inspect.signature(call).parameters.values()
            if each.name in common and (each.default is each.empty or each.name in ("draws", "work"))
        ]
        return {each: common[each] for each in asked} | own, call

    return arguments


PUBLIC = public()
KNOWN = {name: list(inspect.signature(call).parameters) for name, call in PUBLIC.items()}


def tried(name: str, parameter: str) -> list[str]:
    """Which awkward values a parameter is given: all, or a few, the same ones each time."""
    if EVERY:
        return list(AWKWARD)
    return random.Random(f"{name}.{parameter}").sample(list(AWKWARD), SLICE)


@pytest.mark.parametrize("name", PUBLIC)
def test_misuse_is_refused_by_our_own_errors(
    name: str, valid: Valid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, call = valid(name)
    call(**arguments)
    foreign = []
    for parameter, described in inspect.signature(call).parameters.items():
        for label in tried(name, parameter):
            try:
                with soon(SECONDS):
                    if described.kind is described.VAR_POSITIONAL:
                        call(*arguments.values(), AWKWARD[label]())
                    else:
                        call(**arguments | {parameter: AWKWARD[label]()})
            except AukusMcdaError as error:
                assert str(error)
            except Exception as error:
                foreign.append(f"{parameter} as {label}: {error!r}")
    plt.close("all")
    assert not foreign, "\n".join(foreign)


def test_every_public_function_is_guarded() -> None:
    unguarded = [
        name
        for name, call in PUBLIC.items()
        if not hasattr(call.__init__ if inspect.isclass(call) else call, "__wrapped__") and KNOWN[name]
    ]
    assert unguarded == []


def poor(case: str) -> Case:
    """A case with little to work on: every option screened out, or one option, or one criterion."""
    options = ["a"] if case == "one option" else ["a", "b", "c"]
    criteria = ["x"] if case == "one criterion" else ["x", "y"]
    scores = [(option, criterion, 3 + len(criterion)) for option in options for criterion in criteria]
    frames = {
        "criteria": pd.DataFrame({"id": criteria, "direction": "max", "worst": 0, "best": 10}),
        "scores": pd.DataFrame(scores, columns=["option", "criterion", "likely"]),
    }
    if case == "all screened":
        frames["screens"] = pd.DataFrame({"option": options, "screen": "law", "passes": "no", "reason": "Not allowed."})
    return Case.from_frames(**frames)


@pytest.mark.parametrize("case", ["all screened", "one option", "one criterion"])
def test_a_case_with_little_in_it_gives_results_or_our_own_errors(
    case: str, valid: Valid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given, foreign = poor(case), []
    weights = dict.fromkeys(given.leaves, 1.0)
    ranked = aukus_mcda.rank(given, weights)
    for name in PUBLIC:
        arguments, call = valid(name)
        if "case" not in arguments:
            continue
        arguments |= {"case": given} | {each: weights for each in ("weights", "profile") if each in KNOWN[name]}
        arguments |= {"ranking": ranked} if "ranking" in arguments else {}
        try:
            call(**arguments)
        except AukusMcdaError as error:
            assert str(error)
        except Exception as error:
            foreign.append(f"{name}: {error!r}")
        plt.close("all")
    assert not foreign, "\n".join(foreign)


DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize("call", [
    lambda: aukus_mcda.equal([DEEP]),
    lambda: aukus_mcda.ordered(["a", DEEP]),
    lambda: aukus_mcda.between(constraints=[(DEEP, DEEP, DEEP)]),
    lambda: aukus_mcda.between({"a": DEEP}),
    lambda: aukus_mcda.between(constraints=pd.DataFrame({"a": [1]})),
    lambda: aukus_mcda.swing({"a": DEEP}),
    lambda: aukus_mcda.acceptability(DEEP, DEEP),
    lambda: aukus_mcda.packages(load_case("starter"), effort=3, limits={"effort": DEEP}),
    lambda: aukus_mcda.nearest_flip(load_case("starter"), "baseline", space={"quality": (DEEP, DEEP)}),
    lambda: aukus_mcda.ElicitationLog("log.jsonl").append("order", best_first=DEEP),
    lambda: aukus_mcda.draw_weights(aukus_mcda.any_weights(), ["a", "b"], 10**8),
])  # fmt: skip
def test_lists_in_lists_without_end_and_more_than_fits_the_memory_are_refused(call: Callable[[], object]) -> None:
    with soon(SECONDS), pytest.raises(AukusMcdaError):
        call()


@pytest.mark.parametrize("call", [
    load_case,
    aukus_mcda.read_table,
    lambda pipe: load_case("starter", own=pipe),
    lambda pipe: affirm(str(pipe)),
    lambda pipe: aukus_mcda.verify(pipe, load_case("starter")),
    lambda pipe: read_stamp(pipe),
    lambda pipe: check_choices(template=pipe),
    lambda pipe: collect(load_case("starter"), pipe.parent, [pipe]),
])  # fmt: skip
def test_a_pipe_is_not_waited_for(call: Callable[[Path], object], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    with soon(2), pytest.raises(AukusMcdaError, match=r"the path of a file or folder|not a file|no such"):
        call(pipe)


@pytest.mark.parametrize(
    "name", ["weights.json", "sets.json", "weights.csv", "panel/closed_1.json", "panel/asked_1.txt"]
)
def test_a_pipe_among_what_an_analyst_keeps_is_not_waited_for(name: str, tmp_path: Path) -> None:
    case = load_case("starter")
    case.points.loc[["baseline"], ["likely"]].reset_index().assign(profile="mine").to_csv(
        tmp_path / "weights.csv", index=False
    )
    pipe = tmp_path / name
    pipe.parent.mkdir(exist_ok=True)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    with soon(5), pytest.raises(AukusMcdaError, match=re.escape(str(pipe))):
        own = load_case("starter", own=tmp_path)
        aukus_mcda.saved_weights(own, tmp_path)
        collect(own, tmp_path, [])


@pytest.mark.parametrize("text", ["[" * 100_000, '{"points":' * 50_000, "null", '{"judged": 3}', "\x00"])
def test_a_file_of_saved_weights_or_a_log_of_anything_gives_our_own_errors(text: str, tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text(text)
    with pytest.raises(AukusMcdaError, match=r"weights\.json"):
        aukus_mcda.saved_weights(load_case("starter"), tmp_path)
    (tmp_path / "log.jsonl").write_text(text)
    assert aukus_mcda.replay(tmp_path / "log.jsonl").weights is None
