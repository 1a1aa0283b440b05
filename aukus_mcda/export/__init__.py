"""How it is shown: slides, workbook, page and figures, each stamped with what it was made from.

Written to a temporary name and moved into place; the same inputs give the same bytes.
"""
