"""Gamma draws from a table: how far they are off, and that they are what they say."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammainccinv, gammaincinv

from aukus_mcda.weights.gammas import FROM, MOST, TO, fill_gamma


class Given:
    """A generator whose exponential numbers are those given."""

    def __init__(self, exponentials):
        self.exponentials = exponentials

    def standard_exponential(self, out):
        out[:] = self.exponentials
        return out


@pytest.mark.parametrize("shape", [0.001, 0.01, 0.05, 0.3, 0.9, 1, 1.1, 2, 20, 1e3, MOST])
def test_a_number_has_the_place_of_its_exponential(shape):
    """Within 1e-6 / shape of itself below shape 1, 3e-7 above, wherever a double can hold it."""
    e = np.exp(np.linspace(FROM, TO, 50_001))
    out = np.empty_like(e)
    fill_gamma(Given(e), out, shape=shape)
    exact = np.where(e < 0.7, gammaincinv(shape, -np.expm1(-e)), gammainccinv(shape, np.exp(-e)))
    held = exact > 1e-250
    error = np.abs(out[held] / exact[held] - 1)
    assert error.max() < max(3e-7, 1e-6 / shape if shape < 1 else 0)
    assert (out[~held] < 1e-249).all()
    if shape >= 0.05:
        usual = held & (e < 40)
        assert (np.abs(out - exact)[usual] / np.sqrt(shape)).max() < 5e-5


@pytest.mark.parametrize("shape", [0.02, 0.7, 3.0, 400.0, 5 * MOST])
def test_the_draws_are_gamma_distributed(shape):
    drawn = np.empty(200_000)
    fill_gamma(np.random.default_rng(3), drawn, shape=shape)
    assert stats.kstest(drawn, "gamma", args=(shape,)).pvalue > 0.01


def test_the_smallest_exponentials_follow_the_first_line_and_never_rise():
    e = np.array([1e-300, 1e-19, 1e-12, 1e-9])
    out = np.empty(4)
    fill_gamma(Given(e), out, shape=2.0)
    assert (np.diff(out) > 0).all()
    assert out[1] == pytest.approx(np.sqrt(2e-19), rel=0.01)


def test_shape_zero_gives_zero():
    drawn = np.full(5, 7.0)
    fill_gamma(np.random.default_rng(0), drawn, shape=0)
    assert (drawn == 0).all()
