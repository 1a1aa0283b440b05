# SPDX-License-Identifier: Apache-2.0
"""The methods on blocks of draws give what the same methods give one problem at a time."""

from __future__ import annotations

import numpy as np
import pytest

from aukus_mcda.perspectives.attribution import BLOCK_METHODS, MethodBlock
from aukus_mcda.ranking.methods import FAMILIES, METHODS, Grid, pymcdm_part
from aukus_mcda.uncertainty import lead_shares

PUBLISHED = {"edas": "EDAS", "rim": "RIM"}


def problem(seed: int, draws: int = 7) -> tuple[MethodBlock, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    m, k = int(rng.integers(2, 7)), int(rng.integers(1, 6))
    low, high = rng.uniform(0.5, 2, k), rng.uniform(8, 12, k)
    raw = rng.uniform(low[:, None], high[:, None], (m, k, draws))
    flip = rng.random(k) < 0.5
    worst, best = np.where(flip, high, low), np.where(flip, low, high)
    weights = rng.dirichlet(np.ones(k), draws).T
    values = 100 * (raw - worst[:, None]) / (best - worst)[:, None]
    return MethodBlock(raw, values, worst, best), weights, worst, best, rng.permutation(m)


def grids(block: MethodBlock, weights: np.ndarray, worst: np.ndarray, best: np.ndarray) -> list[Grid]:
    bounds = np.sort(np.column_stack([worst, best]), axis=1)
    return [Grid(block.raw[:, :, n], weights[:, n], np.sign(best - worst), bounds) for n in range(block.raw.shape[2])]


def test_one_method_stands_for_each_family() -> None:
    model, *others = BLOCK_METHODS
    assert model == "additive" and [METHODS[name].family for name in others] == list(FAMILIES[1:])


@pytest.mark.parametrize("name", [name for name in BLOCK_METHODS if name != "additive"])
@pytest.mark.parametrize("seed", range(40))
def test_a_block_scores_as_the_method_on_offer_does(name: str, seed: int) -> None:
    block, weights, worst, best, _ = problem(seed)
    upward = 1 if METHODS[name].better == "higher" else -1
    expected = np.column_stack([upward * METHODS[name].score(grid) for grid in grids(block, weights, worst, best)])
    np.testing.assert_allclose(block.scores(name, weights), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_block_scores_as_pymcdm_does(name: str) -> None:
    for seed in range(40):
        block, weights, worst, best, _ = problem(seed)
        for n, grid in enumerate(grids(block, weights, worst, best)):
            told = {"RIM": {"bounds": grid.bounds}}.get(PUBLISHED[name], {})
            method = pymcdm_part(f"methods.{PUBLISHED[name]}")(**told)
            expected = np.asarray(method(grid.x, grid.w, grid.sign, validation=False), dtype=float)
            found = block.scores(name, weights)[:, n] * (1 if METHODS[name].better == "higher" else -1)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_the_additive_model_is_the_weighted_sum_of_values() -> None:
    block, weights, _, _, _ = problem(3)
    np.testing.assert_allclose(block.scores("additive", weights), (block.values * weights).sum(axis=1), atol=1e-9)


@pytest.mark.parametrize("name", BLOCK_METHODS)
def test_the_order_of_options_changes_no_score(name: str) -> None:
    block, weights, worst, best, order = problem(11)
    turned = MethodBlock(block.raw[order], block.values[order], worst, best)
    np.testing.assert_allclose(turned.scores(name, weights), block.scores(name, weights)[order], atol=1e-12)


@pytest.mark.parametrize("name", BLOCK_METHODS)
@pytest.mark.parametrize("noise", [0.0, 1e-15])
def test_options_that_are_alike_tie_and_a_flat_leaf_or_noise_on_it_decides_nothing(name: str, noise: float) -> None:
    raw = np.array([[[5.0], [3.0]], [[5.0 + noise], [3.0]]])
    worst, best = np.array([0.0, 10.0]), np.array([10.0, 0.0])
    values = 100 * (raw - worst[:, None]) / (best - worst)[:, None]
    block, weights = MethodBlock(raw, values, worst, best), np.full((2, 1), 0.5)
    assert lead_shares(block.scores(name, weights)).ravel().tolist() == [0.5, 0.5]
    raw = np.array([[[5.0], [3.0]], [[5.0 - noise], [2.0]]])
    values = 100 * (raw - worst[:, None]) / (best - worst)[:, None]
    block, weights = MethodBlock(raw, values, worst, best), np.array([[0.9], [0.1]])
    assert lead_shares(block.scores(name, weights)).ravel().tolist() == [0.0, 1.0]


@pytest.mark.parametrize("name", BLOCK_METHODS)
def test_scores_of_nothing_at_all_are_finite(name: str) -> None:
    worst, best = np.zeros(2), np.ones(2)
    block, weights = MethodBlock(np.zeros((3, 2, 1)), np.zeros((3, 2, 1)), worst, best), np.full((2, 1), 0.5)
    assert np.isfinite(block.scores(name, weights)).all()
