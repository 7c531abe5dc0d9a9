from __future__ import annotations

import pytest

from exchange_node.domain.errors import (
    DecryptionError,
    EmptyChannelError,
    NodeError,
    StoreFullError,
)
from exchange_node.ebms.message import Packed
from exchange_node.ebms.signals import error_for
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from tests.services.pulled import Desk, altered, renamed
from tests.world import OPERATOR

TAKEN = Answer(status=202, content_type="", body=b"")


def error(desk: Desk, cause: NodeError, *, ref: str = "", is_signed: bool = True) -> Packed:
    return error_for(
        cause,
        ref_to=ref or desk.outgoing().transmission.message_id,
        message_id="error-1@customs.uz",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=desk.uz_keys,
        partner=desk.kz_known if is_signed else None,
    )


def notices(desk: Desk) -> set[str]:
    desk.pair.kz.telling.run()
    return {one.code for one in desk.pair.told["kz"].told.values()}


def test_a_receipt_on_a_request_of_its_own_settles_the_message_and_is_kept(desk: Desk) -> None:
    desk.pulled()
    receipt = desk.receipt()

    assert desk.to_kz(receipt) == TAKEN

    one = desk.outgoing()
    assert (one.transmission.state.value, one.transmission.tries) == ("receipted", 1)
    assert one.receipt_id is not None
    with reading(desk.pair.kz.engine) as conn:
        kept = payloads.fetch(conn, one.receipt_id, desk.pair.kz.sending.vault)
    assert kept == receipt.body


def test_a_second_receipt_changes_nothing(desk: Desk) -> None:
    desk.pulled()
    desk.to_kz(desk.receipt())
    before, audited = desk.outgoing(), desk.audited()
    desk.pair.clock.forward(minutes=1)

    assert desk.to_kz(desk.receipt()) == TAKEN

    assert (desk.outgoing(), desk.audited()) == (before, audited)


def test_a_receipt_for_a_pushed_message_may_come_by_itself_too(desk: Desk) -> None:
    assert desk.to_kz(desk.receipt()) == TAKEN
    assert desk.state() == "receipted"


def test_a_receipt_for_an_unknown_message_is_refused_and_audited(desk: Desk) -> None:
    desk.pulled()
    unknown = desk.receipt(renamed(desk.received(), "unknown@customs.kz"))

    assert desk.code(desk.to_kz(unknown)) == "EBMS:0302"

    assert desk.state() == "awaiting-receipt"
    assert "message.refused" in desk.audited()


def test_a_receipt_with_a_changed_digest_is_refused_and_told(desk: Desk) -> None:
    desk.pulled()

    answer = desk.to_kz(desk.receipt(altered(desk.received())))

    assert desk.code(answer) == "EBMS:0302"
    assert desk.state() == "awaiting-receipt"
    assert desk.outgoing().receipt_id is None
    assert "transmission.invalid-receipt" in notices(desk)


def test_a_receipt_by_a_wrong_signer_is_refused(desk: Desk) -> None:
    desk.pulled()

    answer = desk.to_kz(desk.receipt(keys=desk.kz_keys))

    assert desk.code(answer) == "EBMS:0302"
    assert desk.state() == "awaiting-receipt"


def test_a_receipt_from_nobody_we_know_is_refused(desk: Desk) -> None:
    desk.pulled()

    desk.to_kz(desk.receipt(), tls="customs.kz")

    assert desk.state() == "awaiting-receipt"
    assert "message.failed-authentication" in notices(desk)


def test_a_signed_error_refuses_the_message_for_good(desk: Desk) -> None:
    desk.pulled()

    assert desk.to_kz(error(desk, DecryptionError())) == TAKEN

    assert desk.state() == "refused"
    assert desk.outgoing().transmission.tries == 1
    assert "transmission.refused" in notices(desk)


def test_a_signed_error_refuses_a_message_that_is_held(desk: Desk) -> None:
    desk.pulled()
    one = desk.outgoing().exchange
    desk.pair.kz.agreeing.suspend(OPERATOR, one.agreement_id, one.agreement_version, why="talks")
    desk.pair.clock.forward(minutes=10)
    desk.pulled()
    assert desk.state() == "held"

    desk.to_kz(error(desk, DecryptionError()))

    assert desk.state() == "refused"


@pytest.mark.parametrize(
    ("cause", "is_signed"),
    [
        (DecryptionError(), False),
        (EmptyChannelError(mpc="x"), True),
        (StoreFullError(why="the disk"), True),
    ],
    ids=["unsigned", "a warning", "it may pass"],
)
def test_an_error_that_settles_nothing_is_audited(
    desk: Desk, cause: NodeError, *, is_signed: bool
) -> None:
    desk.pulled()

    assert desk.to_kz(error(desk, cause, is_signed=is_signed)) == TAKEN

    assert desk.state() == "awaiting-receipt"
    assert "signal.error" in desk.audited()


def test_an_error_about_an_unknown_message_is_audited_and_not_answered(desk: Desk) -> None:
    assert desk.to_kz(error(desk, DecryptionError(), ref="unknown@customs.kz")) == TAKEN
    assert desk.state() == "queued"


def test_an_error_after_the_receipt_changes_nothing(desk: Desk) -> None:
    desk.pulled()
    desk.to_kz(desk.receipt())

    desk.to_kz(error(desk, DecryptionError()))

    assert desk.state() == "receipted"
