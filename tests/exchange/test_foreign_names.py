from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange_node import node as nodes
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.store.database import reading
from exchange_node.store.tables import inbox
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair

NAMES = """
partner = "{partner}"
four_corner = true
[parties]
{own}_type = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:kz"
{own}_role = "Sender"
[[exchange]]
code = "TM-010"
service = "transit"
service_type = "urn:partner:services"
action = "TransitManifest"
agreement_ref = "CAREC-AS4-1"
agreement_type = "urn:partner:agreements"
"""


def agree(pair: Pair, folder: Path, kz: str, uz: str) -> None:
    for name, text in (("kz", kz), ("uz", uz)):
        (folder / name / "pmodes").mkdir(exist_ok=True)
        (folder / name / "pmodes" / "partner.toml").write_text(text, encoding="utf-8")
        pair.restart(name)


def header_at(pair: Pair, folder: Path) -> dict[str, str]:
    with reading(pair.uz.engine) as conn:
        return dict(conn.execute(select(inbox.c.header)).scalars().first() or {})


def test_a_message_by_foreign_names_in_four_corners_means_what_ours_means(
    pair: Pair, tmp_path: Path
) -> None:
    agree(
        pair,
        tmp_path,
        NAMES.format(partner="customs.uz", own="own"),
        NAMES.format(partner="customs.kz", own="partner"),
    )
    heard: list[bytes] = []

    def meddler(body: bytes) -> bytes:
        heard.append(body)
        return body

    pair.exchange.meddler = meddler

    submission = pair.submit()
    pair.run()

    assert pair.state_of(submission) == "accepted"
    assert b">TransitManifest</" in heard[0]
    assert b'type="urn:partner:agreements">CAREC-AS4-1</' in heard[0]
    kept = header_at(pair, tmp_path)
    assert (kept["code"], kept["agreement"]) == ("TM-010", "urn:carec:maa:KZ-UZ:rehearsal")
    assert (kept["originalSender"], kept["finalRecipient"]) == ("customs.kz", "customs.uz")
    assert kept["trackingIdentifier"] == kept["conversation"]


def test_names_that_only_one_side_wrote_down_are_compared_in_the_answer(
    pair: Pair, tmp_path: Path
) -> None:
    agree(pair, tmp_path, NAMES.format(partner="customs.uz", own="own"), 'partner = "customs.kz"\n')
    submission = pair.submit()
    pair.run()

    assert pair.state_of(submission) == "failed"
    transmission = pair.kz.enquiry.submission(NATIONAL, submission)["transmission"]
    assert "EBMS:0001" in transmission["last_error"]
    assert "Action is 'TransitManifest', agreed: " in transmission["last_error"]
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []


def test_a_message_under_an_agreement_that_the_partner_does_not_hold_is_compared(
    pair: Pair, tmp_path: Path
) -> None:
    other = 'partner = "customs.uz"\n[[exchange]]\ncode = "TM-010"\nagreement_ref = "urn:other"\n'
    agree(pair, tmp_path, other, 'partner = "customs.kz"\n')
    submission = pair.submit()
    pair.run()

    told = pair.kz.enquiry.submission(NATIONAL, submission)["transmission"]["last_error"]
    assert "EBMS:0010" in told
    assert "AgreementRef is 'urn:other', agreed: 'urn:carec:maa:KZ-UZ:rehearsal'" in told


def test_an_agreement_with_which_two_exchanges_would_look_alike_is_not_activated(
    pair: Pair, tmp_path: Path
) -> None:
    names = '[[exchange]]\ncode = "TM-010"\nagreement_ref = "urn:shared"\n'
    kz, uz = (f'partner = "customs.{other}"\n{names}' for other in ("uz", "kz"))
    agree(pair, tmp_path, kz, uz)
    second = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date()).replace(
        ":rehearsal", ":second"
    )

    with pytest.raises(
        InvalidAgreementError, match="would belong to urn:carec:maa:KZ-UZ:rehearsal"
    ):
        pair.uz.commissioning.add_agreement(second, actor="test")

    submission = pair.submit()
    pair.run()
    assert pair.state_of(submission) == "accepted"


def test_an_acknowledgement_is_the_second_leg_of_its_alert(pair: Pair) -> None:
    drafted = pair.uz.alerting.draft(
        LIAISON,
        {
            "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": 1,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": "UZ270101",
            "subjects": [{"means_id": "017ABC02"}],
        },
    )
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    (sent,) = pair.uz.enquiry.messages(OPERATOR)["messages"]
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()

    with reading(pair.uz.engine) as conn:
        headers = list(conn.execute(select(inbox.c.header)).scalars())
    (acknowledgement,) = [one for one in headers if one["code"] == "RA-020"]
    assert acknowledgement["refTo"] == sent["message_id"]
    assert acknowledgement["conversation"] == alert_id
