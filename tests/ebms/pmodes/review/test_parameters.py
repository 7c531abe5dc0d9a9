from __future__ import annotations

from datetime import timedelta

import pytest

from exchange_node.domain.transmission import Retry
from exchange_node.ebms.pmodes.partner_mode import Binding, ExchangeNames
from exchange_node.ebms.pmodes.review.parameters import (
    End,
    duplicates_text,
    parameters,
    retry_text,
)
from exchange_node.security.suites import SUITES
from tests.ebms.parties import KZ, UZ
from tests.ebms.pmodes.agreed import TRANSIT, derived

ENDS = {
    KZ: End(address="https://kz.example/as4", signing=("kz-sign",), encryption=("kz-enc",)),
    UZ: End(address="https://uz.example/as4", signing=("uz-sign",), encryption=("uz-enc",)),
}


def shown(code: str, sender: str = KZ, recipient: str = UZ, **changes: object) -> dict[str, str]:
    pmode = derived(**changes).get(f"{TRANSIT.agreement_id}/{sender}/{recipient}/{code}")
    found = parameters(
        pmode,
        suite=SUITES[pmode.mode.suite],
        ends=ENDS,
        place_of=lambda attribute: f"<{attribute}>",
    )
    assert len({one.name for one in found}) == len(found)
    return {one.name: f"{one.value} {one.source}" for one in found}


def test_every_parameter_has_its_standard_name_value_and_source() -> None:
    told = shown("TM-010")

    assert told["PMode.MEPbinding"].endswith("/200704/pushAndPush <from_partner>")
    assert told["PMode.Initiator.Role"] == "urn:carec:role:customs <role>"
    assert told["PMode[1].BusinessInfo.Action"] == "TM-010 message code TM-010"
    assert told["PMode[1].Protocol.Address"] == "https://uz.example/as4 card"
    assert told["PMode[1].Security.X509.Signature.Certificate"] == "kz-sign card"
    assert told["PMode[1].Security.X509.Encryption.Encrypt"] == "true <encrypts>"
    assert told["PMode[1].Security.X509.Encryption.Certificate"] == "uz-enc card"
    assert told["PMode[1].Security.SendReceipt.ReplyPattern"] == "response eDelivery AS4"
    assert "PMode[2].BusinessInfo.Action" in shown("SY-002", UZ, KZ)


def test_what_is_pulled_is_fetched_where_it_lies_and_answered_by_a_call_back() -> None:
    told = shown("TM-010", from_partner=Binding.PULL, mpc_from_partner="urn:c", encrypts=False)

    assert told["PMode[1].Protocol.Address"] == "https://kz.example/as4 card"
    assert told["PMode[1].BusinessInfo.MPC"] == "urn:c <mpc_from_partner>"
    assert told["PMode[1].Security.SendReceipt.ReplyPattern"] == "callback eDelivery AS4"
    assert told["PMode[1].Security.SendReceipt.ReplyTo"] == "https://kz.example/as4 eDelivery AS4"
    assert "PMode[1].Security.X509.Encryption.Algorithm" not in told


def test_names_of_the_partners_are_told_with_their_place() -> None:
    names = ExchangeNames(code="TM-010", action="Manifest", agreement_ref="", service_type="urn:t")

    told = shown("TM-010", exchanges=(names,))

    assert told["PMode[1].BusinessInfo.Action"] == "Manifest <exchanges>"
    assert told["PMode[1].BusinessInfo.Service"] == (
        "urn:carec:service:transit (type urn:t) <exchanges>"
    )
    assert told["PMode.Agreement"] == " <exchanges>"


@pytest.mark.parametrize(
    ("retry", "text"),
    [
        (
            Retry(first=timedelta(seconds=3), factor=1.0, max_retries=10),
            "maxretries=10,period=3000",
        ),
        (
            Retry(first=timedelta(seconds=10), factor=2.0, max_retries=1),
            "maxretries=1,period=15000",
        ),
    ],
)
def test_retries_in_the_text_form_give_up_at_the_same_time(retry: Retry, text: str) -> None:
    assert retry_text(retry) == text


def test_the_duplicate_window_in_the_text_form() -> None:
    assert duplicates_text(timedelta(days=7)) == "checkwindow=7D"
    assert duplicates_text(timedelta(hours=36, seconds=1)) == "checkwindow=2161M"
