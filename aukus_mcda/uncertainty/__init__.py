"""Everything drawn: scores and weights in blocks from a seed, and what is counted over them.

`smaa`, the worth of information and the stress table are counts over the same draws;
the verdict adds up the tests.
"""

from .counting import Tally
from .drawing import Batch, Judged, ScoreDraws, drawn, score_draws, spread_drawn
from .information import evidence_value, information_value, joint_information
from .rank_acceptability import Acceptability, acceptability, smaa
from .simulation import BLOCK, sizes
from .verdicts import Share, Verdict, verdict_from
from .ways_to_draw import AS_STATED, stress
from .weight_sets import WeightSet, central, weight_set

__all__ = [
    "AS_STATED",
    "BLOCK",
    "Acceptability",
    "Batch",
    "Judged",
    "ScoreDraws",
    "Share",
    "Tally",
    "Verdict",
    "WeightSet",
    "acceptability",
    "central",
    "drawn",
    "evidence_value",
    "information_value",
    "joint_information",
    "score_draws",
    "sizes",
    "smaa",
    "spread_drawn",
    "stress",
    "verdict_from",
    "weight_set",
]
