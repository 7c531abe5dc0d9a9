"""An alerted document number against every document that a manifest names."""

from __future__ import annotations

from exchange_node.domain.alert import Subject
from exchange_node.domain.decision import Match
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import Paper, TransitManifest
from exchange_node.risk.fitting import said


def documents(subject: Subject, manifest: TransitManifest) -> tuple[Match, ...]:
    """Return the documents that have the alerted number, or are of the alerted kind.

    A kind contradicts only where the manifest states another: of a guarantee it states none. A
    number of blanks fits nothing.
    """
    return tuple(found for one in manifest.papers for found in _document(subject, one))


def _document(subject: Subject, paper: Paper) -> tuple[Match, ...]:
    kind, stated = subject.document_type.strip().upper(), paper.type_code.strip().upper()
    if kind and stated != kind and (stated or not subject.document_id):
        return ()
    found = []
    if subject.document_id:
        number = folded(subject.document_id)
        if not number or folded(paper.number) != number:
            return ()
        found.append(said("document_id", subject.document_id, paper.number, number, paper.pointer))
    if kind and stated:
        at = f"{paper.pointer.rpartition('/')[0]}/TypeCode"
        found.append(said("document_type", subject.document_type, paper.type_code, kind, at))
    return tuple(found)
