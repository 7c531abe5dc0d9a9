"""What is ready to be sealed → what the partner's node will say to it, as far as it can be known.

What the partner itself holds nobody here can see: which agreements are active there, and which code
lists are in force. Both are taken to be as they are here.
"""

from __future__ import annotations

from datetime import date

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding
from exchange_node.policy.minimising import permit_content
from exchange_node.policy.verdict import Verdict
from exchange_node.services.stations.faults import NOT_OURS
from exchange_node.services.stations.loss import denial
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import read
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary


def heard_there(
    sealed: bytes,
    verdict: Verdict,
    *,
    own: Administration,
    recipient: str,
    code: str,
    versions: Versions,
    library: WcoLibrary,
    on: date,
) -> tuple[Finding, ...]:
    """Return what the partner would refuse a document for, that is sealed and sent like this.

    Its node takes what its card says, binds the document to who sends it, and asks the gate and the
    rules that ours have asked.
    """
    theirs = Versions(
        base=versions.base, others=versions.others, own=versions.partners.get(recipient, ())
    )
    try:
        came = read(sealed)
        document, _ = theirs.taken(came, on)
    except InvalidDocumentError as err:
        return tuple(one for one in err.findings if one.is_error)
    found = [
        NOT_OURS.found(pointer=pointer, value=said, wanted=wanted)
        for pointer, said, wanted in (
            (
                f"{document.root_name}/Submitter/ID",
                document.value(f"{document.root_name}/Submitter/ID"),
                str(own.party),
            ),
            ("MetaData/ResponsibleCountryCode", document.country, own.country),
        )
        if said != wanted
    ]
    if verdict.grant is not None:
        content = permit_content(
            document, verdict.grant, code=code, schema=came.version, agreement=verdict.agreement
        )
        found += [] if content.is_permitted else [denial(content)]
    return (*found, *(one for one in validate(document, library, on) if one.is_error))
