"""What has just crossed between two nodes → the bytes that the floor works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree
from sqlalchemy import Connection

from benchmarks.as4.floor.message import Corridor, Travelled
from benchmarks.as4.nodes.pair import PASSPHRASE, Home, Pair
from benchmarks.documents import item_count
from benchmarks.nodes import Pair as Both
from benchmarks.steps import Way
from exchange_node import node as nodes
from exchange_node.config.shipped import library, national_profiles, shipped
from exchange_node.store import inbox, outbox, payloads
from exchange_node.store.database import reading
from exchange_node.wco.schema import RESPONSE, TRANSIT_MANIFEST

_NEWEST = 50


def newest(sender: Home, receiver: Home) -> Travelled:
    """Return the message that was receipted last, as it went."""
    with _reading(sender) as (own, conn):
        sent = next(one for one in outbox.search(conn, limit=_NEWEST) if one.receipt_id)
        vault = own.dispatch.vault
        package = payloads.fetch(conn, sent.payload_id, vault)
        receipt = payloads.fetch(conn, sent.receipt_id or "", vault)
    with _reading(receiver) as (other, conn):
        message_id = sent.transmission.message_id
        (came,) = inbox.search(conn, message_id=message_id, limit=1)
        document = payloads.fetch(conn, came.payload_id or "", other.dispatch.vault)
    return Travelled(document=document, package=package, receipt=receipt)


def corridor(pair: Pair, declaration: bytes) -> tuple[Travelled, Corridor]:
    """Return the message that brought a manifest, and all that went with it."""
    message, answer = newest(pair.kz, pair.uz), newest(pair.uz, pair.kz)
    with nodes.opened(pair.kz.folder, passphrase=PASSPHRASE) as node:
        way = Way(
            declaration=declaration,
            items=item_count(declaration),
            library=library(),
            profiles=national_profiles(),
            nodes=lambda: Both(kz=node, uz=node),
            agreement_text=nodes.pair_agreement("KZ", "UZ"),
            at=node.clock(),
        )
        checked = (way.mapped, way.minimise().to_bytes(), _unsealed(message.document))
    manifest, response = (shipped("wco_schemas", name) for name in (TRANSIT_MANIFEST, RESPONSE))
    return message, Corridor(
        declaration=declaration,
        checked=[*((one, manifest) for one in checked), (_unsealed(answer.document), response)],
        sealed=(message.document, answer.document),
        answer=answer,
    )


@contextmanager
def _reading(home: Home) -> Iterator[tuple[nodes.Node, Connection]]:
    with nodes.opened(home.folder, passphrase=PASSPHRASE) as node, reading(node.engine) as conn:
        yield node, conn


def _unsealed(document: bytes) -> bytes:
    """Return a document as its schema knows it."""
    root = etree.fromstring(document)
    for one in root.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        root.remove(one)
    return etree.tostring(root)
