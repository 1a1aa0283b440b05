# SPDX-License-Identifier: Apache-2.0
"""Draws of uncertain scores: the distributions from low, likely and high to values, a block of draws at a time.

Errors are drawn as independent, or with what the case says the scores of one option share:
a one-factor Gaussian copula over values, so that each score keeps its own distribution
(`fill_shared`).

Every kind but PERT is drawn exactly; see `pert` for how far that can be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise, starmap, zip_longest
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..case import Z95, Case, judged, judged_ends
from ..errors import WeightsError
from ..weights import CHUNK, KEPT_MODES, Array, GivenWeights, ModeTables, Weights, WeightSet, around, fill_pert

Scales: TypeAlias = tuple[Array, Array]
"""The corners of value functions by leaf, raw and value ``(k, p)``, NaN after the last."""

NORMAL_WIDTH = 2 * Z95
"""Standard deviations from the 5th percentile of a normal distribution to the 95th."""

IN_CACHE = 36
"""Scores that are worked out at once in a block: beyond it, what they need leaves the processor's cache."""

_REACH, _FAR, _STEPS = 6, 9, 64  # normal errors from -6 to 6: all but one in 5e8, flat up to 9: all but one in 4e18
_CELLS = 2 * _FAR * _STEPS + 1


class Bends(NamedTuple):
    """Rows whose slope changes ``(b,)``, x where it does ``(p, b, 1)``, and by how much: 0 for a row with fewer."""

    rows: NDArray[np.intp]
    at: Array
    turn: Array


@dataclass(frozen=True, eq=False)
class Batch:
    """Values of an option, or of a few, that have the same kind of distribution and are drawn together.

    Standard numbers x are drawn, and a broken line gives their values.

    Attributes
    ----------
    kind : str
        ``pert``, ``triangular`` and ``uniform`` have x from 0 to 1; a ``normal`` one is standard.
    rows : array of int (r,)
        The leaves; those of the second option follow those of the first, and so on.
    peaks : tuple of float
        The mode of each x, for ``pert`` and ``triangular``.
    ends : array (2, r, 1)
        x at the anchors, the lesser first.
    start, slope : array (r, 1)
        The value is ``start + slope * x``, up to the first bend.
    bends : Bends
    shared : bool
        Whether x is made from a standard normal error, and not drawn by itself.
    """

    kind: str
    rows: NDArray[np.intp]
    peaks: tuple[float, ...]
    ends: Array
    start: Array
    slope: Array
    bends: Bends
    shared: bool = False

    @classmethod
    def of(cls, kind: str, rows: NDArray[np.intp], ends: Array, scales: Scales, *, shared: bool = False) -> Batch:
        """Of leaves ``rows (r,)``, low, likely and high as ``ends (3, r)``, and the value functions of all leaves."""
        low, likely, high = ends
        zero, unit = (likely, (high - low) / NORMAL_WIDTH) if kind == "normal" else (low, high - low)
        raw, values = (each[rows] for each in scales)
        x = (raw - zero[:, None]) / unit[:, None]
        slopes = np.diff(values) / np.diff(x)
        slope, turns = slopes[:, :1], np.nan_to_num(np.diff(slopes))  # NaN after the last bend
        bent = np.flatnonzero(turns.any(axis=1))
        at = np.nan_to_num(x[bent, 1:-1])
        bends = Bends(bent, at.T[:, :, None], turns[bent].T[:, :, None])
        modes = np.where(kind == "uniform", 0.0, (likely - low) / (high - low))
        peaks = tuple(modes.round(12).tolist())  # so that what was judged alike looks up in one table
        reach = np.array([x[:, :1], np.nanmax(x, axis=1, keepdims=True)])
        return cls(kind, rows, peaks, reach, values[:, :1] - slope * x[:, :1], slope, bends, shared)

    def part(self, start: int, end: int) -> Batch:
        """Some rows of it."""
        now, (bent, at, turn) = slice(start, end), self.bends
        those = (start <= bent) & (bent < end)
        bends = Bends(bent[those] - start, at[:, those], turn[:, those])
        lines = self.ends[:, now], self.start[now], self.slope[now]
        return Batch(self.kind, self.rows[now], self.peaks[now], *lines, bends, self.shared)

    @property
    def from_normal(self) -> bool:
        """Whether it is made of standard normal numbers; others are of uniform ones."""
        return self.shared or self.kind == "normal"

    @cached_property
    def reaches_beyond(self) -> bool:
        """Whether x can lie beyond the anchors."""
        return bool(self.kind == "normal" or (self.ends[0] > 0).any() or (self.ends[1] < 1).any())

    def value(self, out: Array) -> None:
        """Random numbers ``out (r, n)`` to values, in place."""
        if self.shared and self.kind != "normal":
            fill_shared(out, self.kind, self.peaks)
        else:
            fill_quantiles(out, self.kind, self.peaks)
        if self.reaches_beyond:
            np.maximum(out, self.ends[0], out=out)
            np.minimum(out, self.ends[1], out=out)
        bent, at, turn = self.bends
        added = out[bent] - at
        np.maximum(added, 0, out=added)
        added *= turn
        out *= self.slope
        out += self.start
        if len(bent):
            values = out[bent]
            for more in added:
                values += more
            out[bent] = values


class Drawn(NamedTuple):
    """Random numbers of a group of options: what the errors of each share ``(g, n)``, and of each batch ``(r, n)``."""

    common: Array | None
    batches: list[Array]


@dataclass(frozen=True, eq=False)
class ScoreDraws:
    """Draws of the values of every option on every leaf.

    The numbers of one option are drawn after those of the other; the values of a group of g options are worked out
    together, since threads then wait less for one another.

    Attributes
    ----------
    likely : array (m, k)
        Values 0-100 of the likely scores: what a score without spread always is.
    batches : tuple of tuple of Batch
        For each group, the uncertain values, in the order they are drawn for each option.
    signs : array (g k,)
        By row of a group: 1 where a greater score is worth more, -1 where it is worth less.
    shared : float
        Correlation of the errors of one option, 0 to 1.
    together : int
        How many options are a group, g. The last may have fewer.
    """

    likely: Array
    batches: tuple[tuple[Batch, ...], ...]
    signs: Array
    shared: float = 0.0
    together: int = 1

    @property
    def certain(self) -> bool:
        """Whether no value varies."""
        return not any(self.batches)

    @cached_property
    def unmixed(self) -> bool:
        """Whether each group is one batch of all its rows."""
        rows = self.together * self.shape[1]
        return all([len(batch.rows) for batch in batches] == [rows] for batches in self.batches)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many options and leaves there are."""
        return self.likely.shape

    @cached_property
    def spans(self) -> list[list[list[slice]]]:
        """By group, and each of its options, which rows of each batch are the option's."""
        ends = self.shape[1] * np.arange(self.together + 1)
        groups = ([np.searchsorted(batch.rows, ends).tolist() for batch in batches] for batches in self.batches)
        by_batch = ([list(starmap(slice, pairwise(each))) for each in group] for group in groups)
        return [list(map(list, zip(*group, strict=True))) for group in by_batch]

    @cached_property
    def stream(self) -> str:
        """Which random numbers are drawn: two that draw the same kinds can be made of the same numbers."""
        kinds = [[batch.from_normal for batch in batches] for batches in self.batches]
        return str((self.shared > 0, kinds, self.spans))  # which knows its hash; of a long tuple it is worked out anew

    def draw(self, rng: np.random.Generator, group: int, room: Array) -> Drawn:
        """The next n random numbers of each score of a group, in some rows of ``room (g k, n)``."""
        batches = self.batches[group]
        common = np.empty((self.together, room.shape[1])) if self.shared and batches else None
        ends = np.cumsum([0, *(len(batch.rows) for batch in batches)])
        parts = [room[start:end] for start, end in pairwise(ends)]
        for option, spans in enumerate(self.spans[group]):
            own = [part[span] for part, span in zip(parts, spans, strict=True)]
            if common is not None and any(map(len, own)):
                rng.standard_normal(out=common[option])
            for batch, part in zip(batches, own, strict=True):
                if batch.from_normal:
                    rng.standard_normal(out=part)
                else:
                    rng.random(out=part)
        return Drawn(common, parts)

    def numbers(self, drawn: Drawn, group: int) -> list[Array]:
        """The numbers ``(r, n)`` that each batch of a group is worked out from, with what errors share."""
        parts = enumerate(drawn.batches)
        return [self._number(group, batch, drawn.common, part, np.empty(part.shape)) for batch, part in parts]

    def values(self, drawn: Drawn, group: int, out: Array, errors: Array | None = None) -> None:
        """Fill ``out (g k, n)``, contiguous, with a group's values: from the first n random numbers, where uncertain.

        So are ``errors`` with the shared errors behind them, positive where the option is worth more.
        """
        draws = out.shape[1]
        common = None if drawn.common is None else drawn.common[:, :draws]
        if sum(len(batch.rows) for batch in self.batches[group]) < len(out):
            likely = self.likely[group * self.together : (group + 1) * self.together]
            out[: likely.size] = likely.reshape(-1, 1)
        for place, (batch, part) in enumerate(zip(self.batches[group], drawn.batches, strict=True)):
            first, last = batch.rows[0], batch.rows[-1] + 1
            adjacent = last - first == len(batch.rows)  # then no value needs to be moved
            room = out[first:last] if adjacent else np.empty((len(part), draws))
            self._number(group, place, common, part[:, :draws], room)
            if errors is not None and batch.shared:
                errors[batch.rows, :draws] = room * self.signs[batch.rows, None]
            batch.value(room)
            if not adjacent:
                out[batch.rows] = room

    def _number(self, group: int, place: int, common: Array | None, part: Array, out: Array) -> Array:
        """Random numbers of a group's batch into ``out``, of the same shape, with what errors share."""
        if common is None:
            out[:] = part
        else:
            np.multiply(part, np.sqrt(1 - self.shared), out=out)
            for spans, shared in zip(self.spans[group], np.sqrt(self.shared) * common, strict=True):
                out[spans[place]] += shared
            out *= self.signs[self.batches[group][place].rows, None]
        return out


def score_draws(
    case: Case, options: Sequence[str], leaves: Sequence[str], *, certain: bool = False, draws: int | None = None
) -> ScoreDraws:
    """How a case's scores are drawn.

    A blank distribution is PERT. Low and high are the ends of PERT, triangular and
    uniform scores, or their 5th and 95th percentiles where the case says so; of a normal
    one they always are the percentiles: its mean is
    the likely score, its standard deviation (high - low) / 3.29. What falls beyond
    an anchor is put on it. A score with low equal to high, or ``fixed``, is certain.

    With ``shared_error`` r in the case, each score's error is a standard normal number,
    sqrt(r) of it common to all scores of the option, positive where the option is worth
    more; the score is its distribution's quantile at that place. So two scores of one
    option have errors with correlation r (rank correlation (6 / pi) asin(r / 2)), those
    of two options none.

    Parameters
    ----------
    case : Case
    options, leaves : sequence of str
        Rows and columns, in the order wanted.
    certain : bool
        Leave all scores at their likely values.
    draws : int, optional
        How many there will be at a time: then options are worked out together, the more, the fewer the draws.

    References
    ----------
    Clemen and Reilly (1999), *Management Science*, for the copula.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> drawn = score_draws(load_case("aukus_plus_two"), ["status_quo"], ["det_picture", "det_denial"])
    >>> [(batch.kind, len(batch.rows)) for batch in drawn.batches[0]]
    [('pert', 2)]
    """
    place = dict(zip(case.scores.index, range(len(case.scores)), strict=True))
    cells = [place[option, leaf] for option in options for leaf in leaves]
    rows = np.array(cells, dtype=np.intp).reshape(len(options), len(leaves))
    kinds, ends = judged_ends(case)
    kinds, ends = kinds[rows], ends[:, rows]
    corners = [case.value_function(leaf).corners for leaf in leaves]
    likely = np.column_stack([np.interp(column, *each) for column, each in zip(ends[1].T, corners, strict=True)])
    raw, values = (np.array(list(zip_longest(*each, fillvalue=np.nan))).T for each in zip(*corners, strict=True))
    shared = case.about.shared_error or 0.0
    most = min(KEPT_MODES, IN_CACHE * max(1, CHUNK // (draws or CHUNK)))
    together = min(len(options), max(1, most // len(leaves))) if draws else 1
    batches: list[list[Batch]] = [[] for _ in range(0, len(options), together)]
    for kind in sorted({*kinds.flat} - {"fixed"}) if not certain else ():
        option, leaf = np.nonzero(kinds == kind)
        alike = Batch.of(kind, leaf, ends[:, option, leaf], (raw, values), shared=shared > 0)
        alike = replace(alike, rows=option % together * len(leaves) + leaf)
        begins = np.searchsorted(option // together, np.arange(len(batches) + 1))
        for own, (begin, end) in zip(batches, pairwise(begins), strict=True):
            own += [alike.part(start, min(start + most, end)) for start in range(begin, end, most)]
    signs = np.tile(np.sign(50 - values[:, 0]), together)
    return ScoreDraws(likely, tuple(map(tuple, batches)), signs, shared, together)


def fill_quantiles(out: Array, kind: str, peaks: tuple[float, ...]) -> None:
    """Uniform numbers ``out (r, n)`` to standard ones of a kind, in place."""
    if kind == "pert":
        fill_pert(out, peaks)
    elif kind == "triangular":
        for row, peak in zip(out, peaks, strict=True):
            fill_triangular(row, peak)


def fill_shared(out: Array, kind: str, peaks: tuple[float, ...]) -> None:
    """Standard normal errors ``out (r, n)`` to standard numbers of a kind other than normal, in place.

    By a line on each of 64 cells to the unit: off by at most 2e-5 of the range.
    """
    lines, own = _SHARED[kind].of(peaks, out.shape[1])
    cells = np.empty(out.shape, dtype=np.intp)
    np.add(out * _STEPS, own + _FAR * _STEPS, out=cells, casting="unsafe")
    line = lines.take(cells, mode="clip")
    out *= line.imag
    out += line.real


def _shared_lines(kind: str, peaks: tuple[float, ...]) -> NDArray[np.complex128]:
    """Lines on every cell of one row after the other, as `fill_pert` has them: start and, imaginary, slope."""
    from scipy.special import ndtr

    knots = np.arange(_CELLS + 1) / _STEPS - _FAR
    place = ndtr(np.clip(knots, -_REACH, _REACH))
    if kind == "pert":  # see `fill_pert`: its numbers begin in the middle
        place = np.where(place <= 0.5, np.minimum(place + 0.5, np.nextafter(1, 0)), place - 0.5)
    quantiles = np.tile(place, (len(peaks), 1))
    fill_quantiles(quantiles, kind, peaks)
    slope = np.diff(quantiles) * _STEPS
    return np.asarray(quantiles[:, :-1] - slope * knots[:-1] + 1j * slope).ravel()


_SHARED = {kind: ModeTables(_CELLS, partial(_shared_lines, kind)) for kind in ("pert", "triangular", "uniform")}


def fill_triangular(out: Array, peak: float) -> None:
    """Uniform numbers to triangular ones on [0, 1] with the mode at ``peak``, in place, by the exact inverse."""
    left = out < peak
    rising = np.sqrt(out * peak)
    np.subtract(1, out, out=out)
    out *= 1 - peak
    np.sqrt(out, out=out)
    np.subtract(1, out, out=out)
    np.copyto(out, rising, where=left)


def drawn(case: Case, weights: Weights) -> tuple[str, ...]:
    """Which of scores and weights have a range that can move the ranking; where none has, nothing is drawn.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> drawn(case, case.profile("baseline")), drawn(case, case.weights({leaf: 1 for leaf in case.leaves}))
    (('scores', 'weights'), ('scores',))
    """
    least, greatest = case.value_range
    varies = (judged(case)["kind"] != "fixed").unstack("criterion") & (greatest > least)
    most = weights.values if weights.high is None else weights.high
    scores = varies.loc[list(case.competing), [leaf for leaf in case.leaves if most[leaf] > 0]].to_numpy().any()
    return tuple(what for what, vary in (("scores", scores), ("weights", weights.vary)) if vary)


def possible_weights(case: Case, weights: WeightSet | GivenWeights) -> WeightSet:
    """The set of weights that are possible; anything but a set is certain."""
    if not isinstance(weights, WeightSet):
        return around(case.weights(weights), 0)
    if weights.anchors not in (None, case.anchors_digest):
        raise WeightsError("This set of weights was made for other anchors than this case's; judge the swings again.")
    return weights
