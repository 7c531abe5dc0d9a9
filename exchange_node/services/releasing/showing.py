"""A message that waits → what officers are shown: a line of a list, or exactly what leaves.

The preview is the sealed document itself: as XML, byte for byte what the partner opens, and as a
table of its values with what each place and each code means.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from exchange_node.domain.releasing.release import Release
from exchange_node.services.releasing.leaving import Way
from exchange_node.services.stations.looking.views import View
from exchange_node.wco.document import Document, read
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a partner sees of a message: its document, every value with its meaning, its files."""

    document: bytes
    rows: tuple[dict[str, str], ...]
    files: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, sealed: bytes, library: WcoLibrary) -> Preview:
        """Return the preview of a sealed document."""
        document = read(sealed)
        return cls(
            document=sealed,
            rows=(*_envelope(document), *_rows(document, library)),
            files=tuple(
                {
                    "name": one.name,
                    "mime_type": one.mime_type,
                    "size": one.size,
                    "digest": one.digest,
                }
                for one in document.attachments
            ),
        )


def line(one: Release, way: Way) -> View:
    """Return a message as a line of a list: nothing of its content."""
    return {
        "message_id": one.message_id,
        "partner": one.exchange.recipient,
        "code": one.exchange.code,
        "conversation": one.conversation_id,
        "state": one.state.value,
        "urgency": one.urgency,
        "purpose": one.exchange.purpose,
        "handling": one.exchange.handling,
        "agreement": one.exchange.agreement_id,
        "version": one.exchange.agreement_version,
        "grant": one.exchange.grant,
        "test": one.exchange.test,
        "made_by": list(one.makers),
        "made_at": one.made_at.isoformat(),
        "until": one.until.isoformat(),
        "officers": one.needed,
        "missing": one.missing,
        "approved": [{"by": vote.by, "at": vote.at.isoformat()} for vote in one.votes],
        "digest": one.digest,
        "stopped": way.stopped,
        "settled_by": one.settled_by,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "why": one.why,
    }


def whole(one: Release, way: Way, preview: Preview | None) -> View:
    """Return a message with all that the partner will see; that part only while it waits."""
    return line(one, way) | {
        "values": list(preview.rows) if preview else [],
        "files": list(preview.files) if preview else [],
        "document": preview.document.decode() if preview else None,
    }


def _envelope(document: Document) -> list[dict[str, str]]:
    """Return what stands around the body: the head of the document, and what is sealed with it."""
    said = {f"MetaData/{name}": value for name, value in document.header.items() if value.strip()}
    exchange = document.exchange
    if exchange is not None:
        said |= {
            f"MetaData/ext:Exchange/{name}": str(value).lower() if name == "test" else str(value)
            for name, value in asdict(exchange).items()
        }
    return [_row(path, value) for path, value in said.items()]


def _row(
    path: str, value: str, attributes: str = "", wco_id: str = "", meaning: str = ""
) -> dict[str, str]:
    return {
        "path": path,
        "value": value,
        "attributes": attributes,
        "wco_id": wco_id,
        "meaning": meaning,
    }


def _rows(document: Document, library: WcoLibrary) -> list[dict[str, str]]:
    registry, lists = library.registry, library.code_lists
    rows = []
    for leaf in document.leaves():
        entry = registry.entry(leaf.path, document.kind)
        named = lists.name(entry.code_list, leaf.value) if entry and entry.code_list else ""
        about = entry.meaning if entry else ""
        rows.append(
            _row(
                leaf.pointer,
                leaf.value,
                " ".join(f"{name}={said}" for name, said in leaf.attributes.items()),
                "/".join(registry.pointer_ids(leaf.pointer)),
                f"{about}: {named}" if about and named else named or about,
            )
        )
    return rows
