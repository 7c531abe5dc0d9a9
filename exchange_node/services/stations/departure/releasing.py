"""Document + grant → as the partner takes it, and what stands against sealing it.

The order matters: a document is turned into the partner's version before it is checked for the last
time, and what is checked is what the partner will read. See docs/adr/0020.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.policy.minimising import permit_content
from exchange_node.policy.verdict import Verdict
from exchange_node.services.stations.faults import AGREEMENT_AT_FAULT
from exchange_node.services.stations.loss import denial
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.incoming import Incoming
from exchange_node.wco.customisation.versions import OBLIGATORY_THERE, Versions, Written
from exchange_node.wco.document import Document
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary


def written_for(
    versions: Versions, document: Document, grant: Grant, recipient: str, on: date
) -> Written:
    """Return what a grant let out, as the partner takes it on a day."""
    return versions.written(document, recipient, on, required=frozenset(grant.require))


def written_answer(
    conn: Connection, versions: Versions, document: Document, answered: Incoming, at: datetime
) -> Written:
    """Return a business answer as the partner takes it.

    It goes as far as it has a place there: whoever waits for it gets no other. A person is told.
    """
    written = versions.written(document, answered.sender, at.date())
    if has_errors(written.findings):
        why = next(one.text for one in written.findings if one.is_error)
        partner = answered.sender
        leave_notice(conn, "answer.unfit", answered.message_id, at, partner=partner, why=why)
    return written


def faults_of(
    document: Document,
    written: Written,
    verdict: Verdict,
    *,
    recipient: str,
    code: str,
    library: WcoLibrary,
    on: date,
    sound: Document | None = None,
) -> tuple[Finding, ...]:
    """Return what must not be missing and is, when the grant and the partner's version are done.

    What a grant took away is a fault of the agreement, what a version has no place for one of the
    version. `document` is what the grant let out, `written` the same as the partner takes it;
    `sound` is one in which the rules found no fault on that very day. A grant that has nothing to
    take away hands on the document itself, and the rules say the same of the same: no copy counts,
    and no equal one.
    """
    if verdict.grant is None or verdict.agreement is None:
        return (denial(verdict),)
    withheld = []
    if document is not sound:
        withheld = [one for one in validate(document, library, on) if one.is_error]
    faults = [
        AGREEMENT_AT_FAULT.found(
            pointer=one.pointer,
            grant=verdict.grant.grant_id,
            agreement=verdict.agreement.agreement_id,
        )
        for one in withheld
    ]
    if written.read_back is not document:
        told = {(one.code, one.pointer) for one in withheld}
        faults += [
            OBLIGATORY_THERE.found(pointer=one.pointer, version=written.version, partner=recipient)
            for one in validate(written.read_back, library, on)
            if one.is_error and (one.code, one.pointer) not in told
        ]
    content = permit_content(
        written.read_back,
        verdict.grant,
        code=code,
        schema=written.document.version,
        agreement=verdict.agreement,
    )
    return tuple(faults) if content.is_permitted else (*faults, denial(content))
