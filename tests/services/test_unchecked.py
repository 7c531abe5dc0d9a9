from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from exchange_node.domain.errors import DecryptionError, StoreFullError, UnknownRevocationError
from exchange_node.domain.transmission import Failed
from exchange_node.ebms.message import ErrorSignal, PartnerKeys
from exchange_node.ebms.signals import error_for
from exchange_node.security.certificates import name_of
from exchange_node.security.keys import PemSigner, new_rsa_key
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.security.trusting.path import Path
from exchange_node.security.trusting.policy import Strictness
from exchange_node.services.stations.traffic.settling import RETRYABLE
from exchange_node.services.stations.traffic.weighing import weigh
from exchange_node.store import audit, duties
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from tests.security.authority import new_root
from tests.services.pulled import Desk, Script
from tests.world import OPERATOR

NOTHING = Answer(status=202, content_type="", body=b"")


@dataclass
class Register:
    """An authority that is silent until it speaks."""

    is_silent: bool = True

    def require_good(
        self, path: Path, _at: datetime, *, strictness: Strictness | None = None
    ) -> None:
        assert strictness is None
        if self.is_silent:
            said = "no good word was heard since this node was started"
            raise UnknownRevocationError(
                certificate=name_of(path.leaf), why="out of reach", last_word=said
            )


@dataclass
class Vouched:
    """Somebody whose signing certificate an authority vouches for, and an error it signed."""

    known: PartnerKeys
    error: Answer
    register: Register


def vouched(desk: Desk, *, kazakh: bool, cause: Exception) -> Vouched:
    own, known = (desk.kz_keys, desk.kz_known) if kazakh else (desk.uz_keys, desk.uz_known)
    register, ca, key = Register(), new_root(), new_rsa_key(3072)
    signer = PemSigner(key, ca.issue(f"as4.{known.party}", key.public_key()))
    name = read_bound_name(f"as4.{known.party}", where="subject")
    anchors = Anchors(authorities=(ca.certificate,), names=(name,), register=register)
    packed = error_for(
        cause,  # type: ignore[arg-type]
        ref_to=desk.outgoing().transmission.message_id,
        message_id=f"e-1@{known.party}",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=replace(own, signers=(signer,)),
        partner=desk.uz_known if kazakh else desk.kz_known,
    )
    return Vouched(
        known=replace(known, signing=(), anchors=anchors),
        error=Answer(status=200, content_type=packed.content_type, body=packed.octets),
        register=register,
    )


@pytest.mark.parametrize("cause", [StoreFullError(why="the disk"), DecryptionError()])
def test_an_error_that_nobody_can_check_now_leaves_the_receipt_owed(
    desk: Desk, cause: Exception
) -> None:
    kz = vouched(desk, kazakh=True, cause=cause)
    script = Script([desk.pulled(), kz.error, desk.pulled()])
    pulling = desk.pair.uz.pulling
    receipts = replace(pulling.receipts, line=script, partners={"customs.kz": kz.known})

    replace(pulling, line=script, receipts=receipts).run()

    with reading(desk.pair.uz.engine) as conn:
        (one,) = duties.waiting(conn, "receipt")
    script.answers.append(NOTHING)
    desk.pair.clock.forward(hours=1)
    assert receipts.run() == 1
    assert one.ref.startswith("customs.kz")


def test_an_error_that_is_checked_at_last_ends_the_duty(desk: Desk) -> None:
    kz = vouched(desk, kazakh=True, cause=DecryptionError())
    kz.register.is_silent = False
    script = Script([desk.pulled(), kz.error, desk.pulled()])
    pulling = desk.pair.uz.pulling
    receipts = replace(pulling.receipts, line=script, partners={"customs.kz": kz.known})

    replace(pulling, line=script, receipts=receipts).run()

    with reading(desk.pair.uz.engine) as conn:
        assert duties.waiting(conn, "receipt") == []


def test_of_an_error_that_nobody_can_check_it_is_not_said_that_it_is_not_signed(
    desk: Desk,
) -> None:
    uz = vouched(desk, kazakh=False, cause=DecryptionError())

    event = weigh(
        uz.error, desk.outgoing(), uz.known, repeats=RETRYABLE, now=desk.pair.clock()
    ).event

    assert isinstance(event, Failed)
    assert event.why.startswith("EBMS:0102 FailedDecryption, ebms.unknown-revocation: nobody says")


def test_an_error_by_itself_that_nobody_can_check_is_audited_as_such(desk: Desk) -> None:
    uz = vouched(desk, kazakh=False, cause=DecryptionError())
    desk.pulled()
    reception = desk.pair.kz.reception
    late = replace(reception.late_answers, partners={"customs.uz": uz.known})
    packed = replace(desk.request(), content_type=uz.error.content_type, body=uz.error.octets)
    desk.pair.kz.reception = replace(reception, late_answers=late)

    desk.to_kz(packed)

    with reading(desk.pair.kz.engine) as conn:
        (one,) = [one for one in audit.search(conn, limit=50) if one.action == "signal.error"]
    assert one.facts["signed"].startswith("ebms.unknown-revocation")
    assert desk.state() == "awaiting-receipt"


def test_a_ping_says_of_an_error_that_nobody_can_check_it(desk: Desk) -> None:
    uz = vouched(desk, kazakh=False, cause=DecryptionError())
    desk.pair.exchange.doors["customs.uz"] = lambda *_: uz.error
    probing = replace(desk.pair.kz.probing, partners={"customs.uz": uz.known})

    (one,) = probing.ping(OPERATOR, "customs.uz")["findings"]

    assert "did not sign" not in one["text"]
    assert "nobody says whether" in one["text"]


def test_the_signal_itself_says_why_it_is_only_advice() -> None:
    unsigned = ErrorSignal(
        ebms_code="EBMS:0102",
        short="",
        severity="failure",
        detail="",
        ref="",
        is_authenticated=False,
    )

    doubts = [
        one.doubt
        for one in (
            unsigned,
            replace(unsigned, unsure="nobody says"),
            replace(unsigned, is_authenticated=True),
        )
    ]

    assert doubts == ["not signed by the partner", "nobody says", ""]
