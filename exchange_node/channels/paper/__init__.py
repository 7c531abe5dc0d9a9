"""A transit manifest → key data in rows → a printable page with a code that can be scanned.

rows:     manifest → captions and values, in the order of a page
writing:  text → what the shipped fonts have letters for; the rest in Latin letters, marked
drawing:  rows and code → PDF
"""

from exchange_node.channels.paper.drawing import Heading, draw
from exchange_node.channels.paper.rows import (
    MARK_ON_PAPER,
    WITHOUT_LINE,
    Row,
    common_rows,
    rows_of,
)

__all__ = [
    "MARK_ON_PAPER",
    "WITHOUT_LINE",
    "Heading",
    "Row",
    "common_rows",
    "draw",
    "rows_of",
]
