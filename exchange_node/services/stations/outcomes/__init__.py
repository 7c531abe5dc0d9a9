"""A decision on a document → counters of quality and a line in the audit, in its transaction."""

from exchange_node.services.stations.outcomes.audited import record_message, submission_record
from exchange_node.services.stations.outcomes.counting import Counting
from exchange_node.services.stations.outcomes.known import RULES_BY_CODE, Known

__all__ = ["RULES_BY_CODE", "Counting", "Known", "record_message", "submission_record"]
