"""Draft and source tree → the loss report and the trace, made when somebody looks at them."""

from exchange_node.mapping.report.report import Report
from exchange_node.mapping.report.rows import Line, Trace

__all__ = ["Line", "Report", "Trace"]
