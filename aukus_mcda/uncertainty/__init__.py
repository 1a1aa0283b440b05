# SPDX-License-Identifier: Apache-2.0
"""Everything drawn: scores and weights in blocks from a seed, and what is counted over them.

`smaa`, the worth of information and the stress table are counts over the same draws;
the verdict adds up the tests.
"""

from .counting import count_ranks, lead_shares
from .drawing import Batch, Scales, ScoreDraws, drawn, possible_weights, score_draws
from .engine import Block, Cluster, Counts, Source, run, total
from .information import evidence_value, information_value, worth_knowing
from .rank_acceptability import (
    Acceptability,
    acceptability,
    acceptability_of_mixture,
    in_every_way,
    smaa,
    smaa_each,
    source_of,
    stress,
)
from .verdicts import WAYS_TOLD, Share, Verdict, verdict_from
