"""Packages: against brute force, published-style examples, and what the words may claim."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, any_weights, between, ordered
from aukus_mcda.packages import Packages, packages
from aukus_mcda.ranking import TIE


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
    allowed = []
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            held = set(chosen)
            rows = case.options.loc[list(chosen)]
            if any(set(row) - {quo} - held for row in rows["requires"]) or any(
                set(row) & held for row in rows["excludes"]
            ):
                continue
            if all(rows[column].sum() <= bound + 1e-9 for column, bound in limits.items()):
                allowed.append(held)
    inside = np.array([[name in held for name in names] for held in allowed], dtype=float)
    extra = np.zeros((len(allowed), len(case.leaves)))
    for row in case.synergies.itertuples():
        holds = [set(row.options) <= held for held in allowed]
        extra[:, case.leaves.index(row.criterion)] += np.array(holds) * row.value
    base_low, base_high = (end.loc[quo].to_numpy() if quo else np.zeros(len(case.leaves)) for end in (low, high))
    lows, highs = (end.loc[names].to_numpy() for end in (low, high))
    kept = set()
    for q, held in enumerate(allowed):
        ahead, behind = inside * (1 - inside[q]), inside[q] * (1 - inside)
        more = (inside.sum(axis=1) - inside[q].sum())[:, None]
        shift = extra - extra[q]
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
            "options": [";".join(names[i] for i in pair) for pair in pairs],
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
    ][int(rng.integers(4))]
    limits = {"effort": float(rng.integers(0, max(2, 2 * n))), "uses_people": float(rng.integers(1, max(2, 2 * n)))}
    return case, space, limits


def found_by(case: Case, space: object, limits: dict[str, float], **more: object) -> Packages:
    rest = {name.removeprefix("uses_"): bound for name, bound in limits.items() if name != "effort"}
    return packages(case, space, effort=limits["effort"], limits=rest, draws=50, **more)


@pytest.mark.parametrize("seed", range(200))
def test_the_non_dominated_packages_are_those_of_brute_force(seed: int) -> None:
    case, space, limits = random_case(np.random.default_rng(seed))
    found = found_by(case, space, limits)
    expected = brute(case, corners_of(space, len(case.leaves)), limits)
    assert {frozenset(row) for row in found.nondominated["options"]} == expected
    core = {option: np.mean([option in held for held in expected]) for option in found.core_index.index}
    assert found.core_index.to_dict() == pytest.approx(core)


# --- published-style ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(3))
def test_rpm_derived(published: dict[str, dict], number: int) -> None:
    example = published["rpm-derived"]
    projects, told = example["projects"], example["cases"][number]
    case = small({name: row[:2] for name, row in projects.items()}, {name: row[2] for name, row in projects.items()})
    low, high = told["w1"]
    found = packages(case, between({"x": low}, {"x": high}), effort=example["budget"])
    assert sorted("".join(row) for row in found.nondominated["options"]) == told["nondominated"]
    assert found.core_index.to_dict() == pytest.approx(told["core"], abs=5e-5)
