"""Files that are to go with a document → whether they may, as far as number and size go."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exchange_node.domain.errors import UnreadableInputError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import size_of
from exchange_node.ebms.pack import MAX_PAYLOADS

MAX_ATTACHMENTS = MAX_PAYLOADS - 1
_LONGEST_NAME = 255
_MIME_TYPE = re.compile(r"[a-z0-9.+-]{1,100}/[a-z0-9.+-]{1,100}")


def require_countable(number: int) -> None:
    """Return when so many files may go with a document.

    Raises:
        UnreadableInputError: there are too many.
    """
    if number > MAX_ATTACHMENTS:
        why = f"{number} are too many, at most {MAX_ATTACHMENTS} go with a document"
        raise UnreadableInputError(which="the attachments", why=why)


def require_attachable(files: Sequence[AttachedFile], limit_bytes: int) -> None:
    """Return when the files may go with a document, as far as their number and size go.

    Raises:
        UnreadableInputError: there are too many, or one is too large or has no media type.
    """
    require_countable(len(files))
    for one in files:
        if not _MIME_TYPE.fullmatch(one.mime_type):
            why = f"{one.mime_type[:80]!r} is no media type"
        elif len(one.name) > _LONGEST_NAME or not one.name.isprintable():
            why = f"its name has more than {_LONGEST_NAME} characters, or some that nobody sees"
        elif size_of(one.content) > limit_bytes:
            why = f"it has {size_of(one.content)} bytes"
        else:
            continue
        raise UnreadableInputError(which=one.name[:80], why=why, limit_bytes=limit_bytes)
