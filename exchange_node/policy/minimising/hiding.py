"""A document that came + the grant that it came under → what may be read of it · what is hidden.

Under `unexpected = "hide"` a document is taken as it was sealed, whatever else stands in it.
Nothing is asked of the whole of it any more: views, keys, decisions and records are made from what
the grant covers. What should have come masked and plainly did not is hidden too; what is masked
stays as it is, since only its sender has the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant, Unexpected
from exchange_node.policy.minimising.masking import is_masked
from exchange_node.policy.minimising.sieve import sift

if TYPE_CHECKING:
    from exchange_node.wco.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What may be read of a document.

    Attributes:
        hidden: the paths of what may not, each once, in document order; never a value.
        places: how many fields those are.
    """

    document: Document
    hidden: tuple[str, ...] = ()
    places: int = 0


def readable(document: Document, grant: Grant) -> Readable:
    """Return what may be read of a document that came under a grant.

    Under a grant that refuses unexpected fields that is all of it: none was taken with any.
    """
    if grant.unexpected is not Unexpected.HIDE:
        return Readable(document=document)
    sifted = sift(document, grant, lambda mask, value: value if is_masked(mask, value) else None)
    return Readable(
        document=sifted.document,
        hidden=tuple(dict.fromkeys(one.path for one in sifted.withheld)),
        places=len(sifted.withheld),
    )
