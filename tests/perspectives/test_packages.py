# SPDX-License-Identifier: Apache-2.0
"""Packages: against brute force, an example by enumeration, what must hold, and what breaks."""

from __future__ import annotations

import math
import sys
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, WeightsError, any_weights, around, between, ordered, swing, weight_range
from aukus_mcda.errors import AukusMcdaError, CaseError
from aukus_mcda.perspectives.by_capital import breaches_of
from aukus_mcda.perspectives.package_choice import Packages, packages, phases
from aukus_mcda.weights import TIE, draw_weights
from aukus_mcda.weights.weight_sets import SwingRange


def small(
    scores: dict[str, list[float]], effort: dict[str, float] | None = None, *, spread: float = 0, **options: dict
) -> Case:
    """Options scored 0-10 on leaves x, y, ...; low and high are ``spread`` either way."""
    leaves = "xyzuvw"[: len(next(iter(scores.values())))]
    rows = [
        (option, leaf, max(0, score - spread), score, min(10, score + spread))
        for option, row in scores.items()
        for leaf, score in zip(leaves, row, strict=True)
    ]
    table = pd.DataFrame({"id": list(scores)})
    for column, cells in {"effort": effort or {}, **options}.items():
        if column != "tables":
            table[column] = [cells.get(option, "") for option in scores]
    return Case.from_frames(
        criteria=pd.DataFrame({"id": list(leaves), "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(rows, columns=["option", "criterion", "low", "likely", "high"]),
        options=table,
        **options.get("tables", {}),
    )


# --- by brute force -------------------------------------------------------------------------------------------------


def corners_of(space: object, k: int) -> np.ndarray:
    """Extreme points of a weight space over x, y, ... worked out another way than the package does."""
    if isinstance(space, dict):
        return np.array([[space[leaf] for leaf in "xyzuvw"[:k]]]) / sum(space.values())
    low, high, order = np.zeros(k), np.ones(k), list(range(k))
    if isinstance(space, SwingRange):
        ends = space.points[["low", "high"]].loc[list("xyzuvw"[:k])].to_numpy()
        points = np.array(list(product(*ends)))
        return points / points.sum(axis=1, keepdims=True)
    if hasattr(space, "groups"):
        order = ["xyzuvw".index(name) for (name,) in space.groups]
        return np.array([[1 / n if order.index(j) < n else 0 for j in range(k)] for n in range(1, k + 1)])
    for leaf, bound in getattr(space, "low", {}).items():
        low["xyzuvw".index(leaf)] = bound
    for leaf, bound in getattr(space, "high", {}).items():
        high["xyzuvw".index(leaf)] = bound
    found = []
    for free in range(k):
        others = [j for j in range(k) if j != free]
        for ends in product((0, 1), repeat=k - 1):
            w = np.zeros(k)
            w[others] = [high[j] if end else low[j] for j, end in zip(others, ends, strict=True)]
            w[free] = 1 - w.sum()
            if low[free] - 1e-12 <= w[free] <= high[free] + 1e-12:
                found.append(w)
    return np.array(found)


def brute(case: Case, corners: np.ndarray, limits: dict[str, float]) -> set[frozenset[str]]:
    """The non-dominated packages, by comparing all with all from the definition."""
    quo = case.about.status_quo
    names = [option for option in case.options.index if option != quo and option not in case.screened.index]
    low, high = (end.loc[:, list(case.leaves)] for end in case.value_range)
    needs = {name: set(row) - {quo} for name, row in case.options["requires"].items()}
    bars, amounts = (
        {name: set(row) for name, row in case.options["excludes"].items()},
        case.options[list(limits)].to_dict(),
    )
    allowed = []
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            held = set(chosen)
            if any(needs[name] - held or bars[name] & held for name in chosen):
                continue
            if all(sum(amounts[column][name] for name in chosen) <= bound + 1e-9 for column, bound in limits.items()):
                allowed.append(held)
    inside = np.array([[name in held for name in names] for held in allowed], dtype=float)
    extra = np.zeros((len(allowed), len(case.leaves)))
    for row in case.synergies.itertuples():
        holds = [set(row.options) <= held for held in allowed]
        extra[:, case.leaves.index(row.criterion)] += np.array(holds) * row.value
    base_low, base_high = (end.loc[quo].to_numpy() if quo else np.zeros(len(case.leaves)) for end in (low, high))
    lows, highs = (end.loc[names].to_numpy() for end in (low, high))
    worth = [
        inside @ end - inside.sum(axis=1)[:, None] * base + extra
        for end, base in ((lows, base_low), (highs, base_high))
    ]
    at = np.hstack(
        [each @ corners.T for each in worth]
    )  # whoever dominates is nowhere behind: only these are looked at
    kept = set()
    for q, held in enumerate(allowed):
        p = np.flatnonzero((at >= at[q] - TIE).all(axis=1))
        ahead, behind = inside[p] * (1 - inside[q]), inside[q] * (1 - inside[p])
        more = (inside[p].sum(axis=1) - inside[q].sum())[:, None]
        shift = extra[p] - extra[q]
        least = ahead @ lows - behind @ highs - np.where(more > 0, more * base_high, more * base_low) + shift
        most = ahead @ highs - behind @ lows - np.where(more > 0, more * base_low, more * base_high) + shift
        worse = ((least @ corners.T).min(axis=1) >= -TIE) & ((most @ corners.T).max(axis=1) > TIE)
        if not worse.any():
            kept.add(frozenset(held))
    return kept


def random_case(rng: np.random.Generator, most: int = 12) -> tuple[Case, object, dict[str, float]]:
    """A case with rules, two resources and synergies, a weight space, and limits."""
    n, k = int(rng.integers(2, most + 1)), int(rng.integers(2, 5))
    names, leaves = [f"o{i}" for i in range(n)], list("xyzuvw"[:k])
    likely = rng.integers(0, 11, (n, k)).astype(float)
    spread = rng.choice([0, 0, 0.5, 1.5]) * rng.random((n, k))
    order = rng.permutation(n)
    requires, excludes = [""] * n, [""] * n
    for _ in range(int(rng.integers(0, 3))):
        a, b = sorted(rng.choice(n, 2, replace=False))
        requires[order[b]] = names[order[a]]
    for _ in range(int(rng.integers(0, 3))):
        a, b = rng.choice(n, 2, replace=False)
        if names[b] not in requires[a] and names[a] not in requires[b]:
            excludes[a] = names[b]
    options = pd.DataFrame(
        {
            "id": names,
            "effort": rng.integers(0, 6, n),
            "uses_people": rng.integers(0, 4, n),
            "requires": requires,
            "excludes": excludes,
        }
    )
    pairs = [rng.choice(n, 2, replace=False) for _ in range(int(rng.integers(0, 3)))]
    synergies = pd.DataFrame(
        {
            "options": [";".join(names[i] for i in sorted(pair)) for pair in pairs],
            "criterion": [str(rng.choice(leaves)) for _ in pairs],
            "value": [float(rng.integers(-40, 41)) for _ in pairs],
        }
    ).drop_duplicates(["options", "criterion"])
    scores = pd.DataFrame(
        [
            (
                names[i],
                leaves[j],
                max(0, likely[i, j] - spread[i, j]),
                likely[i, j],
                min(10, likely[i, j] + spread[i, j]),
            )
            for i in range(n)
            for j in range(k)
        ],
        columns=["option", "criterion", "low", "likely", "high"],
    )
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 10}),
        scores=scores, options=options, synergies=synergies,
        about={"status_quo": names[int(rng.integers(n))]} if rng.random() < 0.4 else None,
    )  # fmt: skip
    bounds = {leaf: float(rng.uniform(0, 1 / k)) for leaf in leaves[: k - 1]}
    space = [
        any_weights(),
        ordered(list(rng.permutation(leaves))),
        between(bounds, {leaf: bound + 0.2 for leaf, bound in bounds.items()}),
        dict(zip(leaves, rng.integers(1, 10, k).tolist(), strict=True)),
        weight_range(swing(dict.fromkeys(leaves, 100), low=dict(zip(leaves, rng.integers(0, 100, k), strict=True)))),
    ][int(rng.integers(5))]
    limits = {"effort": float(rng.integers(0, min(2 * n, 15))), "uses_people": float(rng.integers(1, max(2, 2 * n)))}
    return case, space, limits


def found_by(case: Case, space: object, limits: dict[str, float], **more: object) -> Packages:
    rest = {name.removeprefix("uses_"): bound for name, bound in limits.items() if name != "effort"}
    return packages(case, space, effort=limits["effort"], limits=rest, draws=50, **more)


@pytest.mark.parametrize("seed", range(100))
def test_the_non_dominated_packages_are_those_of_brute_force(seed: int) -> None:
    case, space, limits = random_case(np.random.default_rng(seed))
    found = found_by(case, space, limits)
    expected = brute(case, corners_of(space, len(case.leaves)), limits)
    assert {frozenset(row) for row in found.nondominated["options"]} == expected
    core = {
        option: np.mean([option in held for held in expected]) for option in found.options["core_index"].dropna().index
    }
    assert found.options["core_index"].dropna().to_dict() == pytest.approx(core)


# --- published-style ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(3))
def test_rpm_derived(published: dict[str, dict], number: int) -> None:
    example = published["rpm-derived"]
    projects, told = example["projects"], example["cases"][number]
    case = small({name: row[:2] for name, row in projects.items()}, {name: row[2] for name, row in projects.items()})
    low, high = told["w1"]
    found = packages(case, between({"x": low}, {"x": high}), effort=example["budget"])
    assert sorted("".join(row) for row in found.nondominated["options"]) == told["nondominated"]
    assert found.options["core_index"].dropna().to_dict() == pytest.approx(told["core"], abs=5e-5)


# --- what must hold -------------------------------------------------------------------------------------------------


def inner(space: object, leaves: list[str]) -> object:
    """A narrower space that keeps some of the inside of another."""
    middle = draw_weights(space, leaves, 200, seed=1).mean(axis=0)
    if isinstance(space, type(any_weights())):
        return ordered(leaves)
    return between(
        {leaf: 0.98 * share for leaf, share in zip(leaves, middle, strict=True)},
        {leaf: 1.02 * share for leaf, share in zip(leaves, middle, strict=True)},
    )


@pytest.mark.parametrize("seed", range(25))
def test_narrower_weights_or_scores_keep_core_and_exterior(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    case, space, limits = random_case(rng, most=8)
    if isinstance(space, dict):
        space = any_weights()
    wide = found_by(case, space, limits)
    narrower = [found_by(case, inner(space, list(case.leaves)), limits)]
    scores = case.scores.reset_index()
    for end in ("low", "high"):
        scores[end] = (scores[end] + scores["likely"]) / 2
    tight = Case.from_frames(
        criteria=case.criteria.reset_index(), scores=scores[["option", "criterion", "low", "likely", "high"]],
        options=case.options.reset_index(), synergies=case.synergies[["options", "criterion", "value"]],
        about={"status_quo": case.about.status_quo} if case.about.status_quo else None,
    )  # fmt: skip
    narrower.append(found_by(tight, space, limits))
    for found in narrower:
        assert set(found.nondominated["options"]) <= set(wide.nondominated["options"])
        assert set(wide.having("core")) <= set(found.having("core"))
        assert set(wide.having("exterior")) <= set(found.having("exterior"))


def test_weights_under_constraints_are_exact() -> None:
    # Between x >= y and x <= 3 y the corners are (1/2, 1/2) and (3/4, 1/4).
    case = small({"A": [9, 1], "B": [3, 7], "C": [6, 3], "D": [4, 4]}, dict.fromkeys("ABCD", 1))
    bent = between(constraints=[({"x": 1, "y": -1}, ">=", 0), ({"x": 1, "y": -3}, "<=", 0)])
    plain = between({"x": 0.5}, {"x": 0.75})
    for limit in (1, 2, 3):
        one, other = (packages(case, space, effort=limit, draws=10) for space in (bent, plain))
        assert one.nondominated["options"].tolist() == other.nondominated["options"].tolist()


def test_ordered_weights_in_groups_are_exact() -> None:
    rng = np.random.default_rng(5)
    for _ in range(5):
        case = small(
            {f"o{i}": rng.integers(0, 11, 4).tolist() for i in range(7)}, {f"o{i}": 1 + i % 3 for i in range(7)}
        )
        grouped = ordered(["x", ["y", "z"], "u"])
        pairs = [("x", "y"), ("x", "z"), ("y", "u"), ("z", "u")]
        said = between(constraints=[({a: 1, b: -1}, ">=", 0) for a, b in pairs])
        one, other = (packages(case, space, effort=6, draws=10) for space in (grouped, said))
        assert set(one.nondominated["options"]) == set(other.nondominated["options"])


def test_labels_in_another_order_change_nothing() -> None:
    case, space, limits = random_case(np.random.default_rng(11))
    turned = Case.from_frames(
        criteria=case.criteria.reset_index()[::-1], options=case.options.reset_index()[::-1],
        scores=case.scores.reset_index()[["option", "criterion", "low", "likely", "high"]][::-1],
        synergies=case.synergies[["options", "criterion", "value"]][::-1],
        about={"status_quo": case.about.status_quo} if case.about.status_quo else None,
    )  # fmt: skip
    one, other = found_by(case, space, limits), found_by(turned, space, limits)
    assert set(map(frozenset, one.nondominated["options"])) == set(map(frozenset, other.nondominated["options"]))
    pd.testing.assert_series_equal(one.options["share"].sort_index(), other.options["share"].sort_index())


def test_value_is_measured_from_the_status_quo() -> None:
    about = {"status_quo": "Q"}
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(
            {"option": list("QQAABB"), "criterion": list("xyxyxy"), "likely": [5, 5, 8, 5, 4, 4]}
        ),
        options=pd.DataFrame({"id": list("QAB"), "effort": [0, 1, 1]}),
        about=about,
    )  # fmt: skip
    over = packages(case, {"x": 1, "y": 1}, effort=math.inf)
    assert over.best == ("A",) and over.value == pytest.approx(15)
    assert over.options.at["Q", "reason"] == "is the status quo"
    zero = packages(case, {"x": 1, "y": 1}, effort=math.inf, baseline=0)
    assert zero.best == ("A", "B") and zero.value == pytest.approx(65 + 40)
    assert packages(case, {"x": 1, "y": 1}, effort=math.inf, baseline={"x": 50, "y": 50}).value == pytest.approx(15)
    other = packages(case, {"x": 1, "y": 1}, effort=math.inf, baseline="B")
    assert other.best == ("A",) and other.value == pytest.approx(25) and "baseline" in other.options.at["B", "reason"]


def test_shares_of_draws_are_those_of_every_package_tried() -> None:
    case = small({"A": [8, 1], "B": [2, 7], "C": [5, 5]}, dict.fromkeys("ABC", 1), spread=1)
    found = packages(case, any_weights(), effort=2, draws=40_000, seed=3)
    assert found.nondominated["best"].sum() == pytest.approx(1)
    assert found.options["share"].sum() == pytest.approx(2)
    rng = np.random.default_rng(9)
    x = rng.random(40_000)
    worth = {
        option: 10 * (x * rng.triangular(a - 1, a, a + 1, 40_000) + (1 - x) * rng.triangular(b - 1, b, b + 1, 40_000))
        for option, (a, b) in {"A": (8, 1), "B": (2, 7), "C": (5, 5)}.items()
    }
    out = pd.DataFrame(worth).idxmin(axis=1)
    for option in "ABC":  # triangular draws are wider than PERT ones, but symmetric too
        assert found.options.at[option, "share"] == pytest.approx((out != option).mean(), abs=0.02)
    again = packages(case, any_weights(), effort=2, draws=40_000, seed=3)
    assert again.options["share"].equals(found.options["share"])


@pytest.mark.parametrize(("kind", "ranges"), [("normal", "ends"), ("pert", "5-95")])
def test_a_score_that_goes_beyond_its_ends_can_win_from_there(kind: str, ranges: str) -> None:
    case = small({"A": [5], "B": [7.1]}, dict.fromkeys("AB", 1), spread=1)
    beyond = Case.from_frames(
        criteria=case.criteria.reset_index(), options=case.options.reset_index(),
        scores=case.scores.reset_index()[["option", "criterion", "low", "likely", "high"]].assign(
            distribution=kind
        ),
        about={"ranges": ranges},
    )  # fmt: skip
    found = packages(beyond, {"x": 1}, effort=1, draws=100_000)
    assert found.options["core_index"].dropna().to_dict() == {"A": 0, "B": 1}
    assert 0 < found.options.at["A", "share"] < 0.01


def test_limits_say_which_binds_and_what_more_would_buy() -> None:
    case = small({"A": [8], "B": [5], "C": [3]}, {"A": 3, "B": 2, "C": 2}, uses_people={"A": 1, "B": 1, "C": 5})
    found = packages(case, {"x": 1}, effort=4, limits={"people": 7})
    assert found.best == ("A",) or found.best == ("B", "C")
    assert found.value == pytest.approx(80)
    effort = found.limits.loc["effort"]
    assert effort["binds"] and effort["one_more"] == pytest.approx(50) and effort["without"] == pytest.approx(80)
    assert not found.limits.at["people", "binds"]
    tighter = packages(case, {"x": 1}, effort=3).limits.loc["effort"]  # one unit more buys nothing, two would
    assert tighter["binds"] and tighter["one_more"] == 0 and tighter["without"] == pytest.approx(80)
    assert found.frontier["value"].is_monotonic_increasing and found.frontier["effort"].is_monotonic_increasing
    assert found.frontier["options"].tolist() == [(), ("B",), ("A",), ("A", "B"), ("A", "B", "C")]


def test_a_certain_case_has_one_best_package(case: Case) -> None:
    found = packages(case, "baseline", effort=20, scores="fixed", draws=10)
    assert len(found.nondominated) == 1 and found.nondominated["options"].iloc[0] == found.best
    assert set(found.options["core_index"].dropna()) == {0.0, 1.0}


# --- rules and what breaks them -------------------------------------------------------------------------------------


def test_a_conflict_is_named_and_smallest() -> None:
    case = small(
        {"A": [8], "B": [5], "C": [3], "D": [2]}, {"A": 3, "B": 2, "C": 2, "D": 9},
        requires={"A": "B"}, excludes={"C": "B"},
    )  # fmt: skip
    with pytest.raises(AukusMcdaError) as caught:
        packages(case, {"x": 1}, effort=10, include=["A", "C", "D"])
    said = str(caught.value)
    assert (
        "A requires B" in said and "B and C exclude each other" in said and "D is" not in said and "effort" not in said
    )
    with pytest.raises(AukusMcdaError, match=r"A is to be included; A requires B; effort at most 4\. Loosen"):
        packages(case, {"x": 1}, effort=4, include=["A"])
    with pytest.raises(AukusMcdaError, match=r"A is to be included; A requires B; B is to be left out\. Loosen"):
        packages(case, {"x": 1}, effort=40, include=["A"], exclude=["B"])
    found = packages(case, {"x": 1}, effort=40, exclude=["B"])
    assert found.options.at["A", "reason"] == "requires B" and found.best == ("C", "D")


def test_include_and_exclude_hold(case: Case) -> None:
    found = packages(case, effort=30, include=["integrated_posture"], exclude=["maritime_picture"], draws=200)
    for held in found.nondominated["options"]:
        assert "integrated_posture" in held and not {"maritime_picture", "confidence_track"} & set(held)


def test_screened_options_are_in_no_package(case: Case) -> None:
    found = packages(case, effort=math.inf, draws=200)
    assert "nuclear_sharing" in found.having("left out") and "screen" in found.options.at["nuclear_sharing", "reason"]
    with pytest.raises(AukusMcdaError, match="nuclear_sharing fails a screen"):
        packages(case, effort=math.inf, include=["nuclear_sharing"])


def test_where_no_option_is_left_the_empty_package_is_the_only_one() -> None:
    case = small({"A": [8, 1], "B": [5, 2]}, {"A": 3, "B": 2})
    for limit in (5, math.inf):
        found = packages(case, any_weights(), effort=limit, exclude=["A", "B"], draws=50)
        assert found.nondominated["options"].tolist() == [()] and found.best == () and found.value == 0
        assert found.options["core_index"].dropna().empty and found.having("left out") == ("A", "B")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"effort": -1}, "limit of effort must be a number"),
        ({"effort": float("nan")}, "effort must be a finite number, or math.inf for no limit, not nan"),
        ({"effort": 5, "limits": {"money": 3}}, "No resource called 'money'"),
        ({"effort": 5, "limits": {"effort": 3}}, "effort="),
        ({"effort": 5, "include": ["Z"]}, "include: no option called Z"),
        ({"effort": 5, "baseline": "Z"}, "baseline: no option called Z"),
        ({"effort": 5, "baseline": {"x": 1}}, "missing y"),
        ({"effort": 5, "baseline": [1, 2]}, "mapping or Series"),
        ({"effort": 5, "scores": "none"}, "scores must be 'uncertain' or 'fixed', not 'none'"),
        ({"effort": 5, "horizons": (60, 24)}, "the shorter first"),
        ({"effort": 5, "horizons": 24}, r"horizons must be \(a finite number, a finite number\), not 24"),
        ({"effort": 5, "include": 3}, "include must be text or a list of text, not 3"),
        ({"effort": 5, "limits": [3]}, "limits must be a mapping, not a list"),
    ],
)
def test_broken_requests_are_refused_in_words(more: dict, said: str) -> None:
    case = small({"A": [8, 1], "B": [5, 2]}, {"A": 3, "B": 2})
    with pytest.raises(AukusMcdaError, match=said):
        packages(case, {"x": 1, "y": 1}, **more)


def test_a_missing_effort_is_never_zero() -> None:
    case = small({"A": [8], "B": [5]}, {"A": 3})
    with pytest.raises(AukusMcdaError, match="No effort of 0 or more for B; a missing amount is never 0"):
        packages(case, {"x": 1}, effort=5)
    found = packages(case, {"x": 1}, effort=math.inf)
    assert found.best == ("A", "B") and found.frontier.empty and found.limits.empty
    with pytest.raises(WeightsError):
        packages(case, {"x": 1}, effort=math.inf, draws=0)


def test_amounts_of_a_resource_may_be_given_with_its_limit() -> None:
    case = small({"A": [8], "B": [5]})
    found = packages(case, {"x": 1}, effort=math.inf, limits={"ships": ({"A": 2, "B": 1}, 1.5)})
    assert found.best == ("B",) and found.limits.at["ships", "binds"]


def test_sums_of_decimals_meet_their_limit() -> None:
    case = small({"A": [8], "B": [5]}, {"A": 0.1, "B": 0.2})
    assert packages(case, {"x": 1}, effort=0.3).best == ("A", "B")


def test_a_resource_column_is_checked_like_any_other() -> None:
    with pytest.raises(CaseError) as caught:
        small({"A": [8], "B": [5]}, uses_people={"A": "many", "B": 2})
    fault = caught.value.faults.iloc[0]
    assert (fault["row"], fault["column"]) == (0, "uses_people") and "number" in fault["expected"]


def test_the_faults_of_synergies_are_found() -> None:
    rows = pd.DataFrame({"options": ["A;Z", "A", "A;B"], "criterion": ["x", "x", "nowhere"], "value": [1, 2, "much"]})
    with pytest.raises(CaseError) as caught:
        small({"A": [8], "B": [5]}, tables={"synergies": rows})
    found = {(fault.row, fault.column) for fault in caught.value.faults.itertuples()}
    assert {(0, "options"), (1, "options"), (2, "criterion"), (2, "value")} <= found


def test_synergies_count_for_packages_that_hold_all() -> None:
    rows = pd.DataFrame({"options": ["A;B"], "criterion": ["x"], "value": [-40]})
    case = small({"A": [8], "B": [5], "C": [3]}, dict.fromkeys("ABC", 1), tables={"synergies": rows})
    found = packages(case, {"x": 1}, effort=2)
    assert found.best == ("A", "C") and found.value == pytest.approx(110)


def test_red_lines_are_shown_and_on_request_respected() -> None:
    tables = {
        "weights": pd.DataFrame({"profile": "p", "criterion": ["x", "y"], "likely": [100, 50]}),
        "redlines": pd.DataFrame(
            {"profile": "p", "criterion": ["y"], "least_value": [15], "reason": ["Too little y."]}
        ),
    }  # fmt: skip
    case = small({"A": [8, 1], "B": [5, 2]}, {"A": 1, "B": 1}, tables=tables)
    assert breaches_of(case)["option"].tolist() == ["A"]
    shown = packages(case, "p", effort=2)
    assert shown.best == ("A", "B") and shown.breaches.at[0, "value"] == pytest.approx(10)
    assert packages(case, "p", effort=2, respect_redlines=True).best == ("B",)


def test_a_red_line_on_a_branch_is_the_profiles_own_mean() -> None:
    criteria = pd.DataFrame(
        {
            "id": ["b", "x", "y"], "parent": ["", "b", "b"], "direction": ["", "max", "max"],
            "worst": ["", 0, 0], "best": ["", 10, 10],
        }
    )  # fmt: skip
    case = Case.from_frames(
        criteria=criteria,
        scores=pd.DataFrame({"option": list("AABB"), "criterion": list("xyxy"), "likely": [9, 0, 5, 5]}),
        weights=pd.DataFrame({"profile": "p", "criterion": ["b", "x", "y"], "likely": [100, 50, 100]}),
        redlines=pd.DataFrame({"profile": ["p"], "criterion": ["b"], "least_value": [40], "reason": ["Too little."]}),
    )
    found = breaches_of(case)
    assert found["option"].tolist() == ["A"] and found.at[0, "value"] == pytest.approx(30)


# --- many options, phases -------------------------------------------------------------------------------------------


def many(spread: float, count: int = 22) -> Case:
    rng = np.random.default_rng(2)
    return small(
        {f"o{i:02}": rng.integers(0, 11, 3).tolist() for i in range(count)},
        {f"o{i:02}": int(rng.integers(1, 6)) for i in range(count)},
        spread=spread, requires={"o03": "o05"}, excludes={"o01": "o02"},
    )  # fmt: skip


def look_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tight limit leaves few enough packages for it."""
    monkeypatch.setattr(sys.modules[packages.__module__], "EXHAUSTIVE", 22)


def test_beyond_twenty_options_what_is_found_is_non_dominated(monkeypatch: pytest.MonkeyPatch) -> None:
    case = many(0.5)
    found = packages(case, any_weights(), effort=12, draws=60)
    assert not found.complete and found.draws == 60
    look_at_each(monkeypatch)
    exact = packages(case, any_weights(), effort=12, draws=60)
    assert set(found.nondominated["options"]) <= set(exact.nondominated["options"])
    assert found.options["share"].to_numpy() == pytest.approx(exact.options["share"].to_numpy(), abs=1e-9)
    assert found.best == exact.best or found.value == pytest.approx(exact.value, abs=1e-5)
    settled = found.options.index[found.options["proven"]]
    assert len(settled) and (exact.options.loc[settled, "status"] == found.options.loc[settled, "status"]).all()


def test_too_many_packages_to_compare_are_searched_like_many_options(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small({f"o{i}": [i, 9 - i, (3 * i) % 10] for i in range(10)}, {f"o{i}": 1 for i in range(10)}, spread=1)
    exact = packages(case, any_weights(), effort=4, draws=100)
    monkeypatch.setattr("aukus_mcda.perspectives.package_comparison.MOST_LEFT", 4)
    found = packages(case, any_weights(), effort=4, draws=100)
    assert exact.complete and not found.complete
    assert set(found.nondominated["options"]) < set(exact.nondominated["options"])
    assert found.options["share"].to_numpy() == pytest.approx(exact.options["share"].to_numpy())


def test_beyond_twenty_options_one_that_another_can_stand_in_for_is_not_core() -> None:
    names = [f"o{i:02}" for i in range(22)]
    case = small({name: [9 if name in ("o03", "o07") else 5] for name in names}, dict.fromkeys(names, 1))
    found = packages(case, {"x": 1}, effort=1)
    assert found.having("borderline") == ("o03", "o07") and not found.having("core")


def test_what_waits_for_an_unknown_time_is_not_judged_whatever_else_it_waits_for() -> None:
    case = small(
        {"A": [1], "B": [2], "C": [3]}, time_to_effect={"A": 6, "B": "", "C": 6}, requires={"C": "A;B"}
    )  # fmt: skip
    assert phases(case, ["A", "B", "C"]).at["C", "phase"] == "not judged"


def test_beyond_twenty_certain_options_one_program_settles_each(monkeypatch: pytest.MonkeyPatch) -> None:
    case = many(0)
    found = packages(case, {"x": 3, "y": 2, "z": 1}, effort=12)
    assert found.options["proven"].all()
    look_at_each(monkeypatch)
    exact = packages(case, {"x": 3, "y": 2, "z": 1}, effort=12)
    assert found.options["status"].tolist() == exact.options["status"].tolist()
    assert found.value == pytest.approx(exact.value)


def test_nothing_starts_before_what_it_requires(case: Case) -> None:
    table = phases(case, list(case.options.index))
    place = {"now": 0, "next": 1, "later": 2}
    for option, row in table.iterrows():
        for needed in case.options.at[option, "requires"]:
            assert table.at[needed, "effect"] <= row["starts"]
            assert place[table.at[needed, "phase"]] <= place[row["phase"]]
    assert table.at["integrated_posture", "effect"] == 24 + 84
    assert table.at["incubator", "phase"] == "next"


def test_a_time_that_was_not_judged_is_not_zero() -> None:
    case = small({"A": [8], "B": [5]}, requires={"B": "A"}, time_to_effect={"B": 6})
    assert phases(case, ["B", "A"])["phase"].tolist() == ["not judged", "not judged"]


def test_scattered_weights_have_no_ends() -> None:
    case = small({"A": [9, 0], "B": [0, 9], "C": [5, 5]}, dict.fromkeys("ABC", 1))
    found = packages(case, around({"x": 1, "y": 1}, 0.02), effort=1, draws=2_000)
    assert found.options["core_index"].dropna().tolist() == pytest.approx([1 / 3] * 3)
    assert found.options.at["C", "share"] > 0.99


def test_the_baseline_is_uncertain_like_any_option() -> None:
    scores = pd.DataFrame(
        {"option": list("QAB"), "criterion": "x", "low": [4, 5, 7], "likely": [5, 5.5, 7], "high": [6, 6, 7]}
    )
    criteria = pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10})
    case = Case.from_frames(criteria=criteria, scores=scores, about={"status_quo": "Q"})
    found = packages(case, {"x": 1}, effort=math.inf)
    # B is above the status quo whatever is true; A need not be, though it is at the likely scores.
    assert found.nondominated["options"].tolist() == [("A", "B"), ("B",)]
    assert found.nondominated.loc[1, ["least", "greatest"]].tolist() == pytest.approx([0, 50])
    assert found.having("core") == ("B",) and 0.5 < found.options.at["A", "share"] < 1


def test_equal_packages_share_a_draw() -> None:
    case = small({"A": [5, 2], "B": [5, 2], "C": [1, 1]}, dict.fromkeys("ABC", 1))
    found = packages(case, any_weights(), effort=1, draws=10)
    assert found.options["share"].tolist() == [0.5, 0.5, 0]
    assert found.options["core_index"].dropna().tolist() == [0.5, 0.5, 0]
