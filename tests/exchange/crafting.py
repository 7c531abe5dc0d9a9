"""A partner with other software: what it writes of alerts is sealed and sent, whatever it says.

Nothing of the sender's own checks is asked: no rule, no content gate, no life of an alert. Seal,
line and the agreement that the header names are what they are between any two nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.alerting import Feedback
from exchange_node.domain.message import AttachedFile, Exchange
from exchange_node.ebms.message import Payload
from exchange_node.node import Node
from exchange_node.policy.gates import permit_answer, permit_sending
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.stations.agreements import exchange_under, held_agreements
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming
from exchange_node.store.outgoing import Outgoing
from exchange_node.wco.alert_codec import encode_alert, encode_feedback
from exchange_node.wco.document import Document, read
from tests.world import Pair

PURPOSE = "RISK_ANALYSIS"

Change = Callable[[bytes], bytes]
"""What the other software makes of a document before it seals it."""


def written(text: str, tag: str) -> Change:
    """Return a change that writes a text into the first element of a name."""

    def change(document: bytes) -> bytes:
        root = etree.fromstring(document)
        _first(root, tag).text = text
        return etree.tostring(root)

    return change


def without(tag: str) -> Change:
    """Return a change that leaves the first element of a name out."""

    def change(document: bytes) -> bytes:
        root = etree.fromstring(document)
        found = _first(root, tag)
        found.getparent().remove(found)
        return etree.tostring(root)

    return change


def unchanged(document: bytes) -> bytes:
    """Return what was written."""
    return document


def alert_sent(
    pair: Pair,
    alert: RiskAlert,
    *,
    code: str = "RA-010",
    conversation_id: str = "",
    change: Change = unchanged,
    named: AttachedFile | None = None,
    attached: bytes = b"",
) -> str:
    """Send an alert from Uzbekistan to Kazakhstan; return the message's id.

    Args:
        named: the file that the sealed document names.
        attached: the bytes that go with it in the place of that file's.
    """
    by = pair.uz.alerting
    verdict = permit_sending(
        _held(pair.uz),
        sender="customs.uz",
        recipient="customs.kz",
        code=code,
        purpose=PURPOSE,
        test=True,
        on=pair.clock().date(),
        attachments=1 if named else 0,
        said=None,
        given_on=None,
    )
    document = encode_alert(alert, metadata=by.corresponding.metadata, registry=by.library.registry)
    files = (named,) if named else ()
    return _sent(
        pair, pair.uz, "customs.kz", _changed(document, change), verdict, code,
        conversation_id=conversation_id or alert.alert_id, files=files, attached=attached,
    )  # fmt: skip


def feedback_sent(pair: Pair, said: Feedback, *, on: str) -> str:
    """Send feedback from Kazakhstan to Uzbekistan; return the message's id.

    Args:
        on: MessageId of the alert's message that it says it answers.
    """
    node = pair.kz
    corresponding = node.alerting.corresponding
    with reading(node.engine) as conn:
        answered = exchange_in(inbox.get(conn, "customs.uz", on))
    verdict = permit_answer(_held(node), answered, code="RA-021", on=pair.clock().date())
    document = encode_feedback(
        said, metadata=corresponding.metadata, registry=corresponding.library.registry
    )
    return _sent(
        pair, node, "customs.uz", document, verdict, "RA-021",
        conversation_id=said.alert_id, ref_to_message_id=on,
    )  # fmt: skip


def outcome(node: Node, message_id: str) -> Outgoing:
    """Return a message as its sender holds it, with the business answer that came."""
    with reading(node.engine) as conn:
        return outbox.get(conn, message_id)


def kept(node: Node, sender: str, message_id: str) -> Incoming:
    """Return a message as its recipient keeps it."""
    with reading(node.engine) as conn:
        return inbox.get(conn, sender, message_id)


def _sent(
    pair: Pair,
    node: Node,
    recipient: str,
    document: Document,
    verdict: Verdict,
    code: str,
    *,
    conversation_id: str,
    ref_to_message_id: str = "",
    files: tuple[AttachedFile, ...] = (),
    attached: bytes = b"",
) -> str:
    packing, at = node.alerting.packing, pair.clock()
    agreement, grant = require(verdict)
    exchange: Exchange = exchange_under(
        agreement, grant, own=node.alerting.own, recipient=recipient, code=code, purpose=PURPOSE
    )
    prepared = packing.prepare(
        packing.versions.written(document, recipient, at.date()),
        exchange,
        at=at,
        conversation_id=conversation_id,
        ref_to_message_id=ref_to_message_id,
        files=files,
    )
    if attached:
        swapped: tuple[Payload, ...] = tuple(
            replace(one, content=attached) for one in prepared.files
        )
        prepared = packing.packed(replace(prepared, files=swapped), at)
    with transaction(node.engine) as conn:
        packing.queue(conn, prepared)
    pair.run(rounds=12)
    return prepared.message_id


def _held(node: Node) -> Any:  # noqa: ANN401 - whatever the gates take
    with reading(node.engine) as conn:
        return held_agreements(conn)


def _changed(document: Document, change: Change) -> Document:
    return document if change is unchanged else read(change(document.to_bytes()))


def _first(root: Any, tag: str) -> Any:  # noqa: ANN401 - an element of lxml
    return next(one for one in root.iter("{*}" + tag))
