# SPDX-License-Identifier: Apache-2.0
"""A table of options by criteria, as people keep it, to a case: any file to a grid of cells, a grid to a case.

What words, numbers and headings mean stands in `written`. What is not stated is assumed, and the case says so.
"""

from .to_case import read_table
