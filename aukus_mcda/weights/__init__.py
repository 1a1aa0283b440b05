# SPDX-License-Identifier: Apache-2.0
"""Weights: asked for by swing, order, pairs or best and worst; put together from judges; kept in a log.

A set of weights says which weights are possible: how to draw them, their constraints and their extremes.
Importance is always of a swing from worst to best, keyed by criterion id; a leaf's weight is its share of 1.
"""

from .comparisons import ahp, bwm
from .log import ANSWERS, ElicitationLog, append_line, replay
from .other_ways import combine, rank_order
from .programs import TIE, Array, Extremes, best_margins, least_advantages, nearest_leads, smallest_conflict
from .sampling import CHUNK, KEPT_MODES, PEAK, SCORES, WEIGHTS, ModeTables, Sampler, chunk_rng, fill_pert, fill_point
from .swing_weights import PART, GivenWeights, Points, SiblingPoints, Weights, down_branches, equal, swing
from .weight_sets import SwingRange, WeightSet, any_weights, around, between, draw_weights, ordered, weight_range
