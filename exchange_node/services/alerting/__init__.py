"""What liaison officers do with alerts: draft, preview, send, acknowledge, withdraw; clocks."""

from exchange_node.services.alerting.attaching import Attaching
from exchange_node.services.alerting.counting import Indicators
from exchange_node.services.alerting.previewing import Previewing
from exchange_node.services.alerting.reminding import Reminding
from exchange_node.services.alerting.walk import Alerting
from exchange_node.services.alerting.withdrawing import Withdrawing

__all__ = ["Alerting", "Attaching", "Indicators", "Previewing", "Reminding", "Withdrawing"]
