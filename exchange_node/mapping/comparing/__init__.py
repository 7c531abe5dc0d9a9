"""Two profiles → what they map differently, by WCO path; and what comes out of one file."""

from exchange_node.mapping.comparing.outcome import Outcome, compare_outcomes
from exchange_node.mapping.comparing.profiles import Contrast, compare_profiles

__all__ = ["Contrast", "Outcome", "compare_outcomes", "compare_profiles"]
