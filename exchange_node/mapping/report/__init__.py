"""Draft and source tree → columns, kept compact → loss report and trace, made when looked at."""

from exchange_node.mapping.report.columns import Columns, columns_of
from exchange_node.mapping.report.counting import Supplied, coverage_of, supplied_in
from exchange_node.mapping.report.explaining import Explanation, Fate, every_fate, explain
from exchange_node.mapping.report.keeping import packed, unpacked
from exchange_node.mapping.report.report import Report
from exchange_node.mapping.report.rows import Line, Trace

__all__ = [
    "Columns",
    "Explanation",
    "Fate",
    "Line",
    "Report",
    "Supplied",
    "Trace",
    "columns_of",
    "coverage_of",
    "every_fate",
    "explain",
    "packed",
    "supplied_in",
    "unpacked",
]
