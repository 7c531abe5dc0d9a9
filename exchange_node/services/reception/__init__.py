"""Partner → this node: a message is taken, a pull is answered, a receipt finds its message."""

from exchange_node.services.reception.door import Reception
from exchange_node.services.reception.handing_out import HandingOut
from exchange_node.services.reception.late_answers import LateAnswers

__all__ = ["HandingOut", "LateAnswers", "Reception"]
