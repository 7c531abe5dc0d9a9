"""What our own systems post as a form → its parts: the submission, then the files beside it."""

from __future__ import annotations

from exchange_node.domain.errors import MimeInconsistencyError, UnreadableInputError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import Content, NewSpool
from exchange_node.ebms.packaging.mime import MimeLimits, read_media_type, split

FORM = "multipart/form-data"


def read_form(
    content_type: str, body: Content, *, new_spool: NewSpool, limit_bytes: int
) -> tuple[AttachedFile, ...]:
    """Return the parts of a multipart/form-data (RFC 7578), in their order; none is copied.

    Raises:
        UnreadableInputError: it is no such form, or is broken or too large.
        StoreFullError: there is no room for a part that has to be decoded.
    """
    try:
        limits = MimeLimits(max_bytes=limit_bytes)
        return tuple(
            AttachedFile(
                name=part.name,
                mime_type=read_media_type(part.content_type).name,
                content=part.content,
            )
            for part in split(content_type, body, limits, new_spool, multipart=FORM)
        )
    except MimeInconsistencyError as err:
        why = err.facts["why"]
        raise UnreadableInputError(which="the form", why=why, limit_bytes=limit_bytes) from None
