"""Document + grant → what may leave, masked where the grant says so · what stayed behind.

Deny by default, leaf by leaf: a field leaves only where a path of the grant's `allow` names it or a
subtree that holds it. What says more about a field (`ext:FullText`, `ext:OriginalText`,
`ext:CodeOriginal`) shares the field's fate and is never listed itself; where the field is masked it
stays behind. The same question decides at the receiver which fields were not covered.
"""

from __future__ import annotations

from exchange_node.policy.minimising.content import (
    permit_conditions,
    permit_content,
    permit_sealing,
    unexpected,
)
from exchange_node.policy.minimising.hiding import Readable, readable
from exchange_node.policy.minimising.rulings import Why
from exchange_node.policy.minimising.sieve import Masked, Minimised, Withheld, minimise

__all__ = [
    "Masked",
    "Minimised",
    "Readable",
    "Why",
    "Withheld",
    "minimise",
    "permit_conditions",
    "permit_content",
    "permit_sealing",
    "readable",
    "unexpected",
]
