"""An alert → what keeps it from being issued or taken; a text → whom it gives away."""

from exchange_node.wco.rules.alerts.checking import RULES, check, require, require_unnamed
from exchange_node.wco.rules.alerts.naming import Words

__all__ = ["RULES", "Words", "check", "require", "require_unnamed"]
