"""Arrays of numbers as every room means them, and when two numbers are one."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

TIE = 1e-9
"""Scores closer than this, in value points, are equal: sums of floats are no finer."""
