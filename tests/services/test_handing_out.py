from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.ebms.message import ErrorSignal, Packed
from exchange_node.ebms.pmodes.names import DEFAULT_MPC
from exchange_node.store.database import transaction
from tests.services.pulled import MPC, Desk
from tests.world import FACTS

MRN = "26KZ55010100041703"


def test_a_pull_is_answered_with_the_message_for_its_channel(desk: Desk) -> None:
    answer = desk.pulled()

    assert answer.status == 200
    assert answer.content_type.startswith("multipart/related")
    assert desk.received().message.mpc == MPC
    assert desk.state() == "awaiting-receipt"


def test_an_empty_channel_is_said_in_a_signed_warning_about_the_request(desk: Desk) -> None:
    desk.pulled()

    found = desk.signal(desk.pulled())

    assert isinstance(found, ErrorSignal)
    assert (found.ebms_code, found.severity, found.ref) == (
        "EBMS:0006",
        "warning",
        "pr-1@customs.uz",
    )
    assert found.is_authenticated
    assert "message.refused" not in desk.audited()


@pytest.mark.parametrize("mpc", [DEFAULT_MPC, "urn:carec:mpc:customs.tj"])
def test_a_channel_that_nobody_pulls_from_is_refused(desk: Desk, mpc: str) -> None:
    answer = desk.to_kz(desk.request(mpc))

    assert desk.code(answer) == "EBMS:0001"
    assert desk.state() == "queued"


def test_whether_a_channel_is_anothers_is_told_to_nobody(desk: Desk) -> None:
    others = "urn:carec:mpc:customs.tj"
    node = desk.pair.kz
    handing_out = node.reception.handing_out
    channels = replace(
        handing_out.channels,
        to_partner={**handing_out.channels.to_partner, "customs.tj": others},
    )
    partners = {**handing_out.partners, "customs.tj": replace(desk.uz_known, party="customs.tj")}
    there = replace(handing_out, channels=channels, partners=partners)
    node.reception = replace(node.reception, handing_out=there)

    told = []
    for mpc in (others, "urn:carec:mpc:nobody"):
        found = desk.signal(desk.to_kz(desk.request(mpc)))
        assert isinstance(found, ErrorSignal)
        told.append((found.ebms_code, found.short, found.detail.replace(mpc, "…")))

    assert told[0] == told[1]
    assert told[0][0] == "EBMS:0001"


def test_a_request_by_another_signer_is_refused(desk: Desk) -> None:
    answer = desk.to_kz(desk.request(keys=desk.kz_keys))

    assert desk.code(answer) == "EBMS:0101"
    assert desk.state() == "queued"


def test_an_unsigned_request_is_refused(desk: Desk) -> None:
    body = desk.request().octets
    start, end = body.index(b"<wsse:Security"), body.index(b"</wsse:Security>")
    unsigned = body[:start] + body[end + len(b"</wsse:Security>") :]

    answer = desk.to_kz(Packed(content_type="application/soap+xml", body=unsigned, references=()))

    assert desk.code(answer) == "EBMS:0103"
    assert desk.state() == "queued"


def test_a_request_over_the_connection_of_somebody_else_is_refused(desk: Desk) -> None:
    answer = desk.to_kz(desk.request(), tls="customs.kz")

    assert b"EBMS:0101" in answer.octets
    assert desk.state() == "queued"


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_request_of_another_time_is_refused(desk: Desk, hours: float) -> None:
    answer = desk.to_kz(desk.request(hours=hours))

    assert desk.code(answer) == "EBMS:0003"
    assert desk.state() == "queued"


def test_a_message_that_cannot_be_opened_keeps_no_other_back(desk: Desk) -> None:
    payload_id = desk.outgoing().payload_id
    desk.pair.clock.forward(seconds=1)
    desk.pair.submit(facts=FACTS.read_text("utf-8").replace(MRN, "26KZ55010100041711"))
    with transaction(desk.pair.kz.engine) as conn:
        conn.execute(
            text("UPDATE payload SET digest = :none WHERE payload_id = :id"),
            {"none": "0" * 64, "id": payload_id},
        )

    assert desk.pulled().content_type.startswith("multipart/related")
    assert desk.code(desk.pulled()) == "EBMS:0006"


def test_pulls_at_one_time_get_one_message_once(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.pulled(), range(4)))

    kinds = sorted(one.content_type.partition(";")[0] for one in answers)
    assert kinds == ["application/soap+xml"] * 3 + ["multipart/related"]
    assert desk.outgoing().transmission.tries == 1


def test_a_channel_has_one_receiver() -> None:
    from exchange_node.ebms.pmodes.channels import channels_of
    from exchange_node.ebms.pmodes.partner_mode import Binding, PartnerMode

    def pulls(party: str, mpc: str) -> PartnerMode:
        return PartnerMode(party=party, to_partner=Binding.PULL, mpc_to_partner=mpc)

    with pytest.raises(InvalidSettingError, match="one receiver"):
        channels_of({party: pulls(party, "urn:x") for party in ("customs.uz", "customs.tj")})
    with pytest.raises(InvalidSettingError, match="default"):
        channels_of({"customs.uz": pulls("customs.uz", DEFAULT_MPC)})
