"""Golden examples: a declaration → mapped and checked again → what differs from what was expected.

An example lies beside its profile: the declaration, its facts, the WCO document that it becomes
(`.wco.xml`) and everything else that was said of it (`.expected.toml`).
"""

from exchange_node.mapping.golden.case import Case, Expectation, expectation
from exchange_node.mapping.golden.difference import Difference
from exchange_node.mapping.golden.trial import Trial, tried

__all__ = [
    "Case",
    "Difference",
    "Expectation",
    "Trial",
    "expectation",
    "tried",
]
