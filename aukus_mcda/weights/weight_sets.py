# SPDX-License-Identifier: Apache-2.0
"""Which weights are possible: sets of weights, how to draw them, their constraints and their extremes.

A set says what is known of the weights. Its sampler fills an array with draws; every set but a strongly
constrained one is sampled exactly, each draw independent of the others. Draws come in chunks: chunk i always
has `CHUNK` draws and its own generator, spawned from the seed by i, so it can be drawn anywhere, in any order,
and a shorter run is the beginning of a longer one. Every Monte Carlo in the package takes its random numbers
from here.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations, pairwise
from typing import Any, NoReturn, TypeAlias

import numpy as np
import pandas as pd

from ..errors import WeightsError, is_number, label_faults, listed, number_faults, refuse, shown
from ..guard import Draws, Seed, Threads, guarded, misfit
from . import sampling
from .other_ways import places_in, rank_order
from .programs import Array, Extremes, lightest, lightest_within, smallest_conflict, tightened
from .sampling import CHUNK, Sampler, chunk_rng
from .swing_weights import Points, SiblingPoints, Weights, swing

Constraint: TypeAlias = tuple[Points, str, float]
"""Terms, sense and bound: ``({"deterrence": 1, "escalation": -2}, ">=", 0)``."""

SENSES = {"<=": (1,), ">=": (-1,), "==": (-1, 1)}
"""What a constraint is multiplied by to become one ``<=`` or two."""

MOST_NUMBERS = 100_000_000
"""Numbers drawn all at once: 0.8 GB."""

MOST_CORNERS = 5_000
"""Ordered weights with more corners are taken as constraints."""

LEAST_SPREAD = 1e-9
"""A spread below this is taken as 0, as a polytope thinner than this is taken as flat."""


class WeightSet(ABC):
    """A set of possible weights, with the distribution they are drawn from.

    To add a kind of set, give it a `sampler` and `inequalities`; everything else follows. All methods take the
    leaves in the order wanted of the weights, and raise a `WeightsError` when the set does not fit them or is empty.
    """

    anchors: str | None = None
    """Digest of the anchors the weights were judged on; None: not tied to a case."""

    @abstractmethod
    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """A function ``(rng, out)`` that fills ``out``, shape (k, n): a row per leaf, a column per draw.

        The labels are checked, and the set found not to be empty, here and once.
        Each row of ``out`` must be contiguous. The function can be pickled.
        """

    @abstractmethod
    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """``a`` (r, k) and ``b`` (r,) such that ``a @ w <= b`` for all weights of the set, and for no others."""

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """How small and how great weighted sums can be, exactly."""
        a, b = self.inequalities(leaves)
        return Extremes.of(partial(lightest, a=a, b=b), a.shape[1])

    def mean(self, leaves: Iterable[str]) -> pd.Series | None:
        """The exact mean weight of each leaf, or None where it is not known in closed form."""
        return None

    def typical(self, leaves: Iterable[str], seed: int) -> Array:
        """One set of weights (k,) that stands for all: the mean, of draws where it is not known."""
        names = leaf_names(leaves)
        mean = self.mean(names)
        middle = draw_weights(self, names, CHUNK, seed).mean(axis=0) if mean is None else mean.to_numpy()
        return np.asarray(middle / middle.sum())


@dataclass(frozen=True)
class AnyWeights(WeightSet):
    """Every set of weights, all equally likely. See `any_weights`."""

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Uniform on the simplex."""
        leaf_names(leaves)
        return sampling.fill_simplex

    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """None."""
        return np.empty((0, len(leaf_names(leaves)))), np.empty(0)

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """All weight on one leaf."""
        return Extremes.between(np.eye(len(leaf_names(leaves))))

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """1 / k each."""
        names = leaf_names(leaves)
        return pd.Series(1 / len(names), index=names)


@dataclass(frozen=True)
class Ordered(WeightSet):
    """Every set of weights in a stated order of importance. See `ordered`.

    Attributes
    ----------
    groups : tuple of tuple of str
        Criteria from the heaviest to the lightest; those in one group are in no order.
    """

    groups: tuple[tuple[str, ...], ...]

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Uniform among the weights that keep the order."""
        return partial(sampling.fill_ordered, groups=self._places(leaf_names(leaves, *self.groups)))

    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """No later weight above an earlier one."""
        names = leaf_names(leaves, *self.groups)
        unit = np.eye(len(names))
        steps = pairwise(self._places(names))
        rows = [unit[light] - unit[heavy] for group, after in steps for heavy in group for light in after]
        return np.array(rows).reshape(-1, len(names)), np.zeros(len(rows))

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """Even weights on all leaves of the first groups and on some of the next, unless there are too many such."""
        names = leaf_names(leaves, *self.groups)
        groups = self._places(names)
        if sum(2 ** len(group) for group in groups) > MOST_CORNERS:
            return super().extremes(names)
        unit = np.eye(len(names))
        corners: list[Array] = []
        above: tuple[int, ...] = ()
        for group in groups:
            most = len(group) if above else 1  # even weights on more of the first group lie between
            for count in range(1, most + 1):
                corners += [unit[[*above, *chosen]].mean(axis=0) for chosen in combinations(group, count)]
            above += group
        return Extremes.between(np.array(corners))

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """The rank-order centroid; in a group, its average over the places the group takes."""
        names = leaf_names(leaves, *self.groups)
        return rank_order(self.groups).values[names]

    def _places(self, names: list[str]) -> tuple[tuple[int, ...], ...]:
        """The groups, as places among the leaves."""
        return tuple(tuple(map(names.index, group)) for group in self.groups)


@dataclass(frozen=True, eq=False)
class Around(WeightSet):
    """Weights scattered about a centre. See `around`.

    Attributes
    ----------
    centre : pandas.Series
        The mean weights, by criterion.
    concentration : float
        Sum of the Dirichlet's parameters; infinite without a spread.
    anchors : str or None
        Digest of the anchors the centre was judged on.
    """

    centre: pd.Series
    concentration: float
    anchors: str | None = None

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Dirichlet; the centre alone without a spread."""
        centre = self.mean(leaves).to_numpy(dtype=float)
        if math.isinf(self.concentration):
            return partial(sampling.fill_point, point=centre)
        return partial(sampling.fill_dirichlet, shapes=centre * self.concentration)

    def inequalities(self, leaves: Iterable[str]) -> NoReturn:
        """There are none to give."""
        remedy = "give weight_range(), ordered() or between()"
        raise WeightsError(f"around() spreads over all weights and bounds none: {remedy}.")

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """All weights of the leaves that have any are possible; the centre alone without a spread."""
        centre = self.mean(leaves).to_numpy(dtype=float)
        return Extremes.between(centre[None] if math.isinf(self.concentration) else np.eye(len(centre))[centre > 0])

    def mean(self, leaves: Iterable[str]) -> pd.Series:
        """The centre."""
        return self.centre[leaf_names(leaves, self.centre.index)]


@dataclass(frozen=True)
class Between(WeightSet):
    """Every set of weights within bounds and constraints, all equally likely. See `between`.

    Attributes
    ----------
    low, high : dict of str to float
        Bounds by criterion; a criterion without one has 0, or 1.
    constraints : tuple
        ``(terms, sense, bound)`` each.
    """

    low: Mapping[str, float]
    high: Mapping[str, float]
    constraints: tuple[Constraint, ...]

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Uniform among the weights that keep all bounds and constraints."""
        names = leaf_names(leaves)
        a, b = self._satisfied(names)
        if self.constraints:
            return sampling.polytope_sampler(a, b)
        low, high = self._bounds(names)
        if (high - low).max() <= 1e-14:
            return partial(sampling.fill_point, point=low)
        return sampling.box_sampler(low, high)

    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """The bounds and constraints."""
        return self._rows(leaf_names(leaves))[:2]

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """By linear programs where there are constraints beside the bounds."""
        names = leaf_names(leaves)
        self._satisfied(names)
        if self.constraints:
            return super().extremes(names)
        low, high = self._bounds(names)
        return Extremes.of(partial(lightest_within, low=low, high=high), len(names))

    def _bounds(self, names: list[str]) -> tuple[Array, Array]:
        """The bounds as arrays (k,), tightened."""
        low = np.array([float(self.low.get(name, 0)) for name in names])
        high = np.array([float(self.high.get(name, 1)) for name in names])
        return tightened(low, high)

    def _rows(self, names: list[str]) -> tuple[Array, Array, list[str]]:
        """All ``a @ w <= b`` that must hold, each row of length 1 so that its slack is a distance, in sentences too."""
        stated = [*self.low, *self.high, *(name for factors, _, _ in self.constraints for name in factors)]
        unknown = "Bounds or constraints on {}. There are: {known}."
        refuse(label_faults(stated, names, unknown=unknown, repeated=""))
        bounds: list[Constraint] = [({name: 1.0}, ">=", bound) for name, bound in self.low.items() if bound > 0]
        bounds += [({name: 1.0}, "<=", bound) for name, bound in self.high.items() if bound < 1]
        a, b, sentences = [], [], []
        for factors, sense, bound in (*bounds, *self.constraints):
            sentence = f"{sum_of(factors)} {sense} {shown(bound)}"
            left = np.array([float(factors.get(name, 0)) for name in names])
            size = float(np.abs(left).max())  # first by the greatest, as squares of 1e-170 or 1e308 are not numbers
            length = float(np.linalg.norm(left / size))
            limit = min(max(bound / size / length, -2.0), 2.0)  # beyond these no weights come near the bound
            for sign in SENSES[sense]:
                a.append(sign * (left / size / length))
                b.append(sign * limit)
                sentences.append(sentence)
        return np.array(a).reshape(-1, len(names)), np.array(b), sentences

    def _satisfied(self, names: list[str]) -> tuple[Array, Array]:
        """The rows; a `WeightsError` with a smallest conflicting set of them if no weights keep all."""
        a, b, sentences = self._rows(names)

        def possible(some: list[int]) -> bool:
            try:
                lightest(np.zeros((1, len(names))), a[some], b[some])
            except WeightsError:
                return False
            return True

        every = list(range(len(b)))
        if possible(every):
            return a, b
        needed = smallest_conflict(every, possible)
        conflict = "; ".join(dict.fromkeys(sentences[row] for row in needed))
        remedy = "Loosen or drop one of them." if len(needed) > 1 else "Loosen or drop it."
        raise WeightsError(f"No weights (0 or more, adding up to 1) keep all of these: {conflict}. {remedy}")


@dataclass(frozen=True, eq=False)
class SwingRange(WeightSet):
    """Weights whose swing points lie between low and high, drawn as they were judged. See `weight_range`.

    Attributes
    ----------
    points : DataFrame
        low, likely and high swing points for every node of the value tree.
    parents : pandas.Series
        The parent of every node, ``""`` for a root.
    anchors : str or None
        Digest of the anchors the swings were judged on.
    """

    points: pd.DataFrame
    parents: pd.Series
    anchors: str | None = None

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Swing points by PERT, then down the tree."""
        return self.siblings(leaves).fill

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """Group by group, from the bottom of the tree."""
        tree = self.siblings(leaves)
        return Extremes.of(tree.lightest, len(tree.leaves))

    def typical(self, leaves: Iterable[str], seed: int) -> Array:
        """The weights at the likely points, as a ranking has them."""
        weights = swing(self.points["likely"], parents=self.parents).values[leaf_names(leaves)]
        return np.asarray(weights, dtype=float)

    def siblings(self, leaves: Iterable[str]) -> SiblingPoints:
        """The same as arrays, for leaves in this order."""
        names = leaf_names(leaves, sorted(set(self.parents.index) - set(self.parents)))
        return SiblingPoints.of(self.points, self.parents, names)

    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """``a`` and ``b`` such that ``a @ w <= b``."""
        return self.siblings(leaves).inequalities


def any_weights() -> AnyWeights:
    """All weights, uniformly: what can be said when nothing is known of them.

    Uniform on the simplex (Dirichlet with all parameters 1): exponentials divided
    by their sum. Numbers uniform on [0, 1] divided by their sum would crowd the middle.

    Returns
    -------
    AnyWeights
        Uniform on weights of 0 or more that add up to 1, for as many criteria as there are.

    References
    ----------
    Devroye (1986), *Non-Uniform Random Variate Generation*, ch. V.2,
    doi:10.1007/978-1-4613-8643-8.

    Examples
    --------
    >>> import numpy as np
    >>> from aukus_mcda import any_weights, draw_weights
    >>> draws = draw_weights(any_weights(), ["reach", "cost", "time"], 5)
    >>> draws.shape, bool(np.allclose(draws.sum(axis=1), 1))
    ((5, 3), True)
    """
    return AnyWeights()


@guarded(WeightsError)
def ordered(best_first: Sequence[str | Sequence[str]]) -> Ordered:
    """Weights in an order of importance, uniformly among all that keep it.

    The ordered simplex is itself a simplex, with corners (1, 0, ...),
    (1/2, 1/2, 0, ...), ..., so its uniform draws are uniform barycentric
    coordinates on these corners: exact, and no sorting. The mean is the
    rank-order centroid.

    Parameters
    ----------
    best_first : sequence of str, or of groups of str
        Criteria from the heaviest to the lightest. Those in a group (a list within
        the list) come between its neighbours, in no order among themselves.

    Returns
    -------
    Ordered
        Uniform on the weights, adding up to 1, in that order.

    Raises
    ------
    WeightsError
        When there is none, one is named twice or not by text, or a group is empty.

    References
    ----------
    Barron and Barrett (1996), doi:10.1287/mnsc.42.11.1515.

    Examples
    --------
    >>> from aukus_mcda import ordered
    >>> ordered(["reach", "cost", "time"]).mean(["time", "cost", "reach"]).round(3).to_dict()
    {'time': 0.111, 'cost': 0.278, 'reach': 0.611}
    >>> ordered(["reach", ["cost", "time"]]).mean(["reach", "cost", "time"]).round(3).to_dict()
    {'reach': 0.611, 'cost': 0.194, 'time': 0.194}
    """
    groups, faults = places_in(best_first)
    refuse(faults)
    return Ordered(tuple(map(tuple, groups)))


@guarded(WeightsError)
def around(weights: Weights | Points, spread: float) -> Around:
    """Weights scattered about a centre, to say how firmly it is held.

    A Dirichlet distribution whose mean is the centre c. The standard deviation of
    weight i is sqrt(c_i (1 - c_i) / (a + 1)), and the concentration a is set so
    that the root mean square of these over the k weights that are not 0 is the
    spread s: a = (1 - sum c_i^2) / (k s^2) - 1. A weight of 0 stays 0.

    Parameters
    ----------
    weights : Weights, mapping or Series
        The centre; a mapping or Series is taken as swing points and made to sum to 1.
    spread : float
        Typical standard deviation of a weight, where all weights add up to 1:
        0.03 is three points in a hundred. 0 gives the centre itself, and so does
        anything below 1e-9.

    Returns
    -------
    Around
        With the ``anchors`` of the weights given: the digest of the worst and best
        scores the swings were judged between, by which a study can tell that weights
        belong to its value functions. None for a mapping or Series.

    Raises
    ------
    WeightsError
        When the spread is negative, not a number, or so wide that nearly all
        weight would fall on single criteria (a concentration below 1).

    References
    ----------
    Devroye (1986), *Non-Uniform Random Variate Generation*, ch. XI.4,
    doi:10.1007/978-1-4613-8643-8.

    Examples
    --------
    >>> from aukus_mcda import around
    >>> space = around({"reach": 50, "cost": 30, "time": 20}, spread=0.05)
    >>> round(space.concentration, 1)
    81.7
    >>> space.mean(["time", "reach", "cost"]).to_dict()
    {'time': 0.2, 'reach': 0.5, 'cost': 0.3}
    """
    middle = weights if isinstance(weights, Weights) else swing(weights)
    if spread < 0:
        raise WeightsError(f"The spread must be 0 or more: {shown(spread)}.")
    centre = middle.values
    variety = max(0.0, 1 - math.fsum(centre**2)) / int((centre > 0).sum())
    if spread < LEAST_SPREAD or variety == 0:
        return Around(centre, math.inf, middle.anchors)
    concentration = variety / spread**2 - 1 if spread < 1 else 0.0
    if concentration < 1:
        most = f"it can be {math.sqrt(variety / 2):.3g} at most"
        remedy = "If so little is known of them, use any_weights()."
        raise WeightsError(f"A spread of {spread:g} is too wide for these weights: {most}. {remedy}")
    return Around(centre, concentration, middle.anchors)


@guarded(WeightsError)
def between(
    low: Mapping[str, float] | pd.Series | None = None,
    high: Mapping[str, float] | pd.Series | None = None,
    *,
    constraints: Iterable[Constraint] | None = None,
) -> Between:
    """Weights within bounds and linear constraints, uniformly among all that keep them.

    Bounds alone are sampled exactly. With constraints, draws from the tightest
    bounds are kept when they satisfy them, which is exact too, while at least one
    in 200 does; otherwise hit-and-run is used.

    Parameters
    ----------
    low, high : mapping or Series, optional
        Least and greatest weight by criterion, where all weights add up to 1. A
        criterion left out has 0, or 1.
    constraints : iterable of (terms, sense, bound), optional
        ``({"deterrence": 1, "escalation": -2}, ">=", 0)`` says that deterrence weighs
        at least twice as much as escalation; sense is ``>=``, ``<=`` or ``==``.

    Returns
    -------
    Between
        Uniform on the weights, adding up to 1, that keep all bounds and constraints.

    Raises
    ------
    WeightsError
        When a bound is not a number from 0 to 1, a low is above its high, or a
        constraint has another form. When weights are drawn: when a criterion is
        unknown or no weights keep all bounds and constraints; those that conflict are named.

    References
    ----------
    Tervonen, van Valkenhoef, Basturk and Postmus (2013), doi:10.1016/j.ejor.2012.08.026.

    Examples
    --------
    >>> from aukus_mcda import between, draw_weights
    >>> space = between({"reach": 0.3}, {"cost": 0.2}, constraints=[({"cost": 1, "time": -1}, ">=", 0)])
    >>> draws = draw_weights(space, ["reach", "cost", "time"], 100)
    >>> reach, cost, time = draws.T
    >>> bool((reach >= 0.3).all() and (cost <= 0.2).all() and (cost >= time).all())
    True
    >>> between({"reach": 0.7, "cost": 0.6}).sampler(["reach", "cost", "time"])
    Traceback (most recent call last):
    aukus_mcda.errors.WeightsError: No weights (0 or more, adding up to 1) keep all of these:
    reach >= 0.7; cost >= 0.6. Loosen or drop one of them.
    """
    lows, highs = (pd.Series({} if ends is None else ends, dtype=object) for ends in (low, high))
    faults = number_faults(lows, "Low bounds", most=1) + number_faults(highs, "High bounds", most=1)
    parts = [_constraint_parts(constraint, faults) for constraint in (() if constraints is None else constraints)]
    refuse(faults)
    above = [name for name in lows.index if lows[name] > highs.get(name, 1)]
    crossed = [f"{name} {shown(lows[name])} > {shown(highs[name])}" for name in above]
    if crossed:
        raise WeightsError(f"Low bounds above high ones: {listed(crossed)}.")
    return Between(lows.astype(float).to_dict(), highs.astype(float).to_dict(), tuple(parts))


@guarded(WeightsError)
def weight_range(weights: Weights) -> SwingRange | Weights:
    """All weights that the answers allow, drawn as they were judged; the weights themselves without a range.

    Swing points are drawn between low, likely and high by PERT, each by itself, and
    made to add up to 1 among siblings; a leaf's weight is the product down its branch.
    Where a method gives ranges of weights and not of points (several judges, the
    best-worst method), the leaves are siblings and their weights the points.

    Parameters
    ----------
    weights : Weights

    Returns
    -------
    SwingRange or Weights
        What `smaa` and `draw_weights` take.

    References
    ----------
    Malcolm, Roseboom, Clark and Fazar (1959), doi:10.1287/opre.7.5.646.

    Examples
    --------
    >>> from aukus_mcda import draw_weights, swing, weight_range
    >>> judged = swing({"a": 100, "b": 75, "c": 75}, low={"b": 50, "c": 50}, high={"b": 100, "c": 100})
    >>> a, b, c = draw_weights(weight_range(judged), ["a", "b", "c"], 1000).T
    >>> bool((b <= a).all()), bool((2 * c >= a).all())
    (True, True)
    """
    if not weights.vary:
        return weights
    points = weights.judged
    return SwingRange(points, weights.parents.reindex(points.index, fill_value=""), weights.anchors)


@guarded(WeightsError)
def draw_weights(
    space: WeightSet, leaves: Iterable[str], draws: Draws = 100_000, seed: Seed = 0, *, threads: Threads | None = None
) -> Array:
    """Draws of weights, all at once, by as many threads as there are cores.

    Parameters
    ----------
    space : WeightSet
    leaves : iterable of str
        The criteria, in the order wanted of the columns.
    draws : int
        How many.
    seed : int
        0 or more. The same seed gives the same draws, and a shorter run is the beginning of a longer one.
    threads : int, optional
        How many; the draws are the same for any number. By default one for each core.

    Returns
    -------
    array, shape (draws, k)
        Non-negative, rows adding up to 1. The columns are contiguous, not the rows.

    Raises
    ------
    WeightsError
        When the set of weights does not fit the leaves or is empty, or a number is out of range.

    Examples
    --------
    >>> from aukus_mcda import around, draw_weights
    >>> draws = draw_weights(around({"reach": 60, "cost": 40}, spread=0.05), ["reach", "cost"], 10_000, seed=1)
    >>> draws.mean(axis=0).round(2).tolist(), draws.std(axis=0).round(3).tolist()
    ([0.6, 0.4], [0.05, 0.05])
    """
    names = leaf_names(leaves)
    sampler = space.sampler(names)
    if draws * len(names) > MOST_NUMBERS:
        fit = f"{MOST_NUMBERS:,} numbers do: ask for fewer"
        raise WeightsError(f"{draws:,} draws of {len(names)} weights do not fit in memory at once, {fit}.")
    chunks = -(-draws // CHUNK)
    out = np.empty((len(names), chunks * CHUNK))

    def fill(chunk: int) -> None:
        sampler(chunk_rng(seed, chunk), out[:, chunk * CHUNK : (chunk + 1) * CHUNK])

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(fill, range(chunks)))
    return out[:, :draws].T


def leaf_names(leaves: Iterable[str], *stated: Iterable[str]) -> list[str]:
    """The leaves as a list, each named once, and each ``stated`` where a set of weights is about some.

    Raises
    ------
    WeightsError
        When there is none, one is named twice, or what is stated is not for these leaves.
    """
    names = list(leaves)
    faults = label_faults(names) if names else ["No criteria are named."]
    if stated and not faults:
        missing, unknown = "The set of weights leaves out {}.", "The set of weights is about {}, not among the leaves."
        faults = label_faults(chain(*stated), names, missing=missing, unknown=unknown, repeated="")
    refuse(faults)
    return names


def _constraint_parts(constraint: Any, faults: list[str]) -> Constraint:
    """The factors, the sense and the bound of a constraint; what is wrong with it joins the faults."""
    quoted = shown(constraint)
    if misfit(constraint, Constraint):
        faults.append(f'A constraint has the form ({{"deterrence": 1, "escalation": -2}}, ">=", 0), not {quoted}.')
        return {}, "", 0.0
    terms, sense, bound = constraint
    factors = dict(terms.items())
    if len(factors) < len(terms):
        faults.append(f"A constraint names a criterion more than once: {quoted}.")
    if sense not in SENSES:
        faults.append(f"A constraint's sense is >=, <= or ==, not {shown(sense)}: {quoted}.")
    if not all(map(is_number, factors.values())) or not any(factors.values()):
        faults.append(f"A constraint needs finite factors, at least one other than 0: {quoted}.")
    return factors, sense, float(bound)


def sum_of(terms: Mapping[str, float]) -> str:
    """The left side of a constraint in words: ``reach - 2 cost``."""
    signed = {name: ("-" if factor < 0 else "+", abs(factor)) for name, factor in terms.items() if factor}
    parts = [f"{sign} {'' if size == 1 else f'{size:g} '}{name}" for name, (sign, size) in signed.items()]
    return " ".join(parts).removeprefix("+ ")
