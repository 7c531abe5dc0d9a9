from __future__ import annotations

from pathlib import Path

from exchange_node.policy.gates import permit_sending
from exchange_node.policy.verdict import require
from exchange_node.services.stations.agreements import exchange_under, held_agreements
from exchange_node.services.stations.assistance.draft import request_from
from exchange_node.store.database import reading, transaction
from exchange_node.wco.assistance_codec import encode_request
from tests.exchange.assisting import AT, DRAFT, Desks
from tests.world import pair_of_nodes

ALL = '  "InterGov/ext:AssistanceRequest/**",\n  "InterGov/ext:AssistanceReply/**",\n]'
SAID = (
    "FormCode UrgentIndicator LanguageID MatterCode AdministrationText MeasureText ReasonText"
    " PurposeText FactsText Person/** DeclarationID DocumentText OwnLawText ReciprocityIndicator"
)
ALL_BUT_CHECKS = (
    "".join(f'  "InterGov/ext:AssistanceRequest/ext:{one}",\n' for one in SAID.split())
    + '  "InterGov/ext:AssistanceReply/**",\n]'
)
HIDING = (
    (ALL, ALL_BUT_CHECKS),
    ('unexpected = "refuse"', 'unexpected = "hide"'),
    ('"declaration", "checks",', '"declaration",'),
)
"""A grant that does not cover the checks that were made, and hides what it does not cover."""


def send_whole(desks: Desks) -> None:
    """Send a request from Kazakhstan as it is, whatever the grant covers."""
    node, at = desks.pair.kz, desks.pair.clock()
    request = request_from(
        DRAFT, requester="customs.kz", administration="Customs", number="q1", at=AT
    )
    writing = node.assistance.writing
    document = encode_request(request, metadata=writing.metadata, registry=writing.registry)
    with reading(node.engine) as conn:
        verdict = permit_sending(
            held_agreements(conn), sender="customs.kz", recipient="customs.uz", code="MA-010",
            purpose="INVESTIGATION", test=True, on=at.date(),
        )  # fmt: skip
    exchange = exchange_under(
        *require(verdict), own=writing.own, recipient="customs.uz", code="MA-010",
        purpose="INVESTIGATION",
    )  # fmt: skip
    written = writing.packing.versions.written(document, "customs.uz", at.date())
    prepared = writing.packing.prepare(written, exchange, at=at, conversation_id="q1")
    with transaction(node.engine) as conn:
        writing.packing.queue(conn, prepared)
    desks.pair.run()


def test_what_the_grant_hides_of_a_request_stands_in_no_view_of_it(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        desks = Desks(pair)
        desks.agree(*HIDING)

        send_whole(desks)
        (paper,) = desks.seen("uz", "q1")["papers"]
        assert paper["says"]["facts"] == DRAFT["facts"]
        assert paper["says"]["checks"] == ""

        send_whole(desks)  # the same again, under another message

        assert desks.told("kz", "message.rejected") == []
        assert len(desks.seen("uz", "q1")["papers"]) == 1
