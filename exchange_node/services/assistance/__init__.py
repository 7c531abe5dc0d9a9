"""Mutual assistance between liaison officers: asked, answered, looked up, on time."""

from exchange_node.services.assistance.deadlines import Deadlines
from exchange_node.services.assistance.looking_up import LookingUp
from exchange_node.services.assistance.reporting import Reporting
from exchange_node.services.assistance.requesting import Requesting

__all__ = ["Deadlines", "LookingUp", "Reporting", "Requesting"]
