"""Everything drawn: scores and weights in blocks from a seed, and what is counted over them.

`smaa`, the worth of information and the stress table are counts over the same draws;
the verdict adds up the tests.
"""

from .counting import count_ranks, lead_shares
from .drawing import Batch, Judged, ScoreDraws, drawn, score_draws, spread_drawn
from .engine import BLOCK, Block, Cluster, Counts, Source, SourceReducer, run, sizes, total
from .information import evidence_value, information_value, worth_knowing
from .rank_acceptability import Acceptability, acceptabilities, acceptability, possible_weights, smaa
from .verdicts import Share, Verdict, verdict_from
from .ways_to_draw import AS_STATED, drawn_in_every_way, stress

__all__ = [
    "AS_STATED",
    "BLOCK",
    "Acceptability",
    "Batch",
    "Block",
    "Cluster",
    "Counts",
    "Judged",
    "ScoreDraws",
    "Share",
    "Source",
    "SourceReducer",
    "Verdict",
    "acceptabilities",
    "acceptability",
    "count_ranks",
    "drawn",
    "drawn_in_every_way",
    "evidence_value",
    "information_value",
    "lead_shares",
    "possible_weights",
    "run",
    "score_draws",
    "sizes",
    "smaa",
    "spread_drawn",
    "stress",
    "total",
    "verdict_from",
    "worth_knowing",
]
