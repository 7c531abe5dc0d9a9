from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from exchange_node.domain.errors import (
    AuthenticationError,
    PartnerUnreachableError,
    StoreError,
    StoreFullError,
)
from exchange_node.domain.transmission.content import Content
from exchange_node.ebms.message import Packed, UserMessage
from exchange_node.ebms.pack import pack
from exchange_node.ebms.signals import error_for
from exchange_node.services.pulling import Pulling
from exchange_node.services.pulling.walk import LEASE
from exchange_node.store import duties, inbox
from exchange_node.store.channels import lines
from exchange_node.store.channels.lines import PullLine
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.transport.line import Answer, nothing
from tests.services.pulled import MPC, Desk, Script

NOTHING = Answer(status=202, content_type="", body=b"")
TEST = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"


def over(desk: Desk, script: Script) -> Pulling:
    """Uzbekistan's pulling, over a line that answers what the test says."""
    pulling = desk.pair.uz.pulling
    return replace(pulling, line=script, receipts=replace(pulling.receipts, line=script))


def answered(packed: Packed) -> Answer:
    return Answer(status=200, content_type=packed.content_type, body=packed.body)


def from_kz(desk: Desk, message: UserMessage) -> Answer:
    return answered(
        pack(
            message,
            keys=desk.kz_keys,
            partner=desk.uz_known,
            random_bytes=lambda count: b"m" * count,
        )
    )


def line(desk: Desk) -> PullLine:
    with reading(desk.pair.uz.engine) as conn:
        (one,) = lines.known(conn)
    return one


def kept(desk: Desk) -> int:
    with reading(desk.pair.uz.engine) as conn:
        return len(inbox.search(conn, limit=9))


def owed(desk: Desk) -> list[duties.Duty]:
    with reading(desk.pair.uz.engine) as conn:
        return duties.waiting(conn, "receipt")


def told(desk: Desk) -> set[str]:
    desk.pair.uz.telling.run()
    return {one.code for one in desk.pair.told["uz"].told.values()}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=502, content_type="text/html", body=b"<html>Bad Gateway</html>"),
        Answer(status=503, content_type="text/plain", body=b"store.busy\n"),
        NOTHING,
    ],
    ids=["a page", "a busy store", "nothing"],
)
def test_an_answer_that_is_no_ebms_is_a_failure_and_is_not_answered(
    desk: Desk, answer: Answer
) -> None:
    script = Script([answer])

    over(desk, script).run()

    assert line(desk).failures == 1
    assert len(script.posted) == 1


def test_a_partner_that_refuses_the_pull_is_asked_later(desk: Desk) -> None:
    refusal = error_for(
        AuthenticationError(why="who is this"),
        ref_to=None,
        message_id="e-1@customs.kz",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=desk.kz_keys,
        partner=desk.uz_known,
    )

    over(desk, Script([answered(refusal)])).run()

    assert line(desk).failures == 1
    assert line(desk).last_error.startswith("ebms.refused-pull")
    assert "EBMS:0101" in line(desk).last_error


def test_a_receipt_is_no_answer_to_a_pull(desk: Desk) -> None:
    over(desk, Script([answered(desk.receipt(keys=desk.kz_keys))])).run()

    assert line(desk).failures == 1


def test_a_message_of_another_channel_is_refused_with_an_error_of_its_own(desk: Desk) -> None:
    other = replace(desk.received().message, mpc="urn:carec:mpc:customs.tj")
    desk.pulled()
    script = Script([from_kz(desk, other), NOTHING, desk.pulled()])

    over(desk, script).run()

    assert kept(desk) == 0
    assert b"EBMS:0001" in script.posted[1]
    assert line(desk).failures == 0


def test_a_message_that_was_altered_on_the_way_is_refused_and_told(desk: Desk) -> None:
    pulled = desk.pulled()
    altered = replace(pulled, body=pulled.octets.replace(b"customs.kz</", b"customs.tj</", 1))
    script = Script([altered, NOTHING, desk.pulled()])

    over(desk, script).run()

    assert kept(desk) == 0
    assert b"errorCode" in script.posted[1]
    assert owed(desk) == []


def test_a_message_id_that_comes_again_with_other_content_is_refused_and_told(desk: Desk) -> None:
    first = desk.pulled()
    other = replace(desk.received().message, conversation_id="KZ/mrn/26KZ55010100041711")
    script = Script([first, NOTHING, from_kz(desk, other), NOTHING, desk.pulled()])

    over(desk, script).run()

    assert kept(desk) == 1
    assert b"EBMS:0003" in script.posted[3]
    assert "message.conflicting-duplicate" in told(desk)


def test_a_ping_that_was_pulled_is_receipted_and_not_kept(desk: Desk) -> None:
    ping = replace(
        desk.received().message,
        message_id="ping@customs.kz",
        service=f"{TEST}service",
        action=f"{TEST}test",
        payloads=(),
        properties={},
    )
    desk.pulled()
    script = Script([from_kz(desk, ping), NOTHING, desk.pulled()])

    assert over(desk, script).run() == 1

    assert b"NonRepudiationInformation" in script.posted[1]
    assert (kept(desk), owed(desk)) == (0, [])


def test_a_receipt_that_the_partner_does_not_believe_is_told_and_not_posted_again(
    desk: Desk,
) -> None:
    pulled = desk.pulled()
    refusal = error_for(
        AuthenticationError(why="who is this"),
        ref_to=None,
        message_id="e-1@customs.kz",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=desk.kz_keys,
        partner=desk.uz_known,
    )

    over(desk, Script([pulled, answered(refusal), desk.pulled()])).run()

    assert (kept(desk), owed(desk)) == (1, [])
    assert "receipt.refused" in told(desk)


def test_a_receipt_that_the_partner_cannot_take_for_now_is_posted_again(desk: Desk) -> None:
    later = error_for(
        StoreFullError(why="the disk is full"),
        ref_to=None,
        message_id="e-1@customs.kz",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=desk.kz_keys,
        partner=desk.uz_known,
    )
    pulling = over(desk, Script([desk.pulled(), answered(later), desk.pulled(), NOTHING]))
    pulling.run()
    assert len(owed(desk)) == 1
    desk.pair.clock.forward(hours=1)

    assert pulling.receipts.run() == 1

    assert owed(desk) == []
    assert "receipt.refused" not in told(desk)


@pytest.mark.parametrize("kind", ["an unsigned error", "a page", "a fault"])
def test_an_answer_that_is_not_the_partners_word_leaves_the_receipt_owed(
    desk: Desk, kind: str
) -> None:
    unsigned = error_for(
        StoreFullError(why="the disk is full"),
        ref_to=None,
        message_id="e-1@customs.kz",
        at=desk.pair.clock(),
        random_bytes=lambda count: b"e" * count,
        keys=desk.kz_keys,
        partner=None,
    )
    said = {
        "an unsigned error": answered(unsigned),
        "a page": Answer(status=200, content_type="text/html", body=b"<html>Sign in</html>"),
        "a fault": Answer(status=502, content_type="text/html", body=b"<html></html>"),
    }[kind]
    pulling = over(desk, Script([desk.pulled(), said, desk.pulled(), NOTHING]))
    pulling.run()
    assert len(owed(desk)) == 1
    desk.pair.clock.forward(hours=1)

    assert pulling.receipts.run() == 1

    assert owed(desk) == []
    assert "receipt.refused" not in told(desk)


def test_a_receipt_that_is_never_taken_is_given_up_and_told(desk: Desk) -> None:
    busy = Answer(status=503, content_type="text/plain", body=b"")
    script = Script([desk.pulled(), busy, desk.pulled(), busy, busy])
    receipts = over(desk, script).receipts
    patient = replace(receipts, retry=replace(receipts.retry, max_retries=1))
    over(desk, script).run()
    for _ in range(2):
        desk.pair.clock.forward(hours=1)
        patient.run()

    assert script.answers == []
    assert owed(desk) == []
    assert "receipt.not-taken" in told(desk)


def test_what_cannot_be_kept_brings_no_receipt(desk: Desk, tmp_path: Path) -> None:
    script = Script([desk.pulled()])
    pulling = over(desk, script)
    engine = open_database(f"sqlite:///{tmp_path}/no/such/folder/node.db")

    with pytest.raises(StoreError):
        replace(pulling, taking=replace(pulling.taking, engine=engine)).run()

    assert len(script.posted) == 1


def test_a_partner_whose_card_is_gone_fails(desk: Desk) -> None:
    replace(over(desk, Script([])), partners={}).run()

    assert line(desk).last_error.startswith("config.missing")


def test_a_responder_that_repeats_itself_is_left_alone_for_a_while(desk: Desk) -> None:
    pulled = desk.pulled()
    script = Script([pulled, NOTHING] * 9)

    assert over(desk, script).run() == 1

    assert len(script.posted) == 8
    assert line(desk).due_at > desk.pair.clock()


def test_a_line_that_is_down_leaves_the_receipt_owed(desk: Desk) -> None:
    def down(_: bytes) -> Answer:
        raise PartnerUnreachableError(partner="customs.kz", url="memory:", why="cut")

    script = Script([desk.pulled(), down, down])

    over(desk, script).run()

    assert kept(desk) == 1
    assert [one.ref.partition(" ")[0] for one in owed(desk)] == ["customs.kz"]
    assert line(desk).mpc == MPC


def test_a_large_message_that_comes_slowly_is_pulled_once(desk: Desk) -> None:
    pulled = desk.pulled()
    asked: list[int] = []

    @dataclass
    class Slow(Script):
        def post(
            self,
            _partner: str,
            _content_type: str,
            body: Content,
            *,
            most_bytes: int = 0,
            as_it_comes: Callable[[], None] = nothing,
        ) -> Answer:
            for _ in range(3 if most_bytes else 0):
                desk.pair.clock.now += LEASE * 0.8
                as_it_comes()
                asked.append(over(desk, Script([])).run_for("customs.kz"))
            return super().post(_partner, _content_type, body, most_bytes=most_bytes)

    script = Slow([pulled, NOTHING, desk.pulled()])

    assert over(desk, script).run() == 1

    assert asked == [0] * len(asked)
    assert kept(desk) == 1


def test_a_pull_that_was_overtaken_is_broken_off_and_settles_nothing(desk: Desk) -> None:
    def hangs(_: bytes) -> Answer:
        desk.pair.clock.now += LEASE
        over(desk, Script([NOTHING])).run()  # another worker takes the channel up, and fails
        return NOTHING

    over(desk, Script([hangs])).run()

    assert line(desk).failures == 1


def test_a_node_that_stops_asks_for_nothing_more_and_counts_no_failure(desk: Desk) -> None:
    stopping: list[bool] = []

    def stops(_: bytes) -> Answer:
        stopping.append(True)
        raise PartnerUnreachableError(partner="customs.kz", url="memory:", why="stopping")

    script = Script([desk.pulled(), stops])
    pulling = replace(over(desk, script), is_stopping=lambda: bool(stopping))
    receipts = replace(pulling.receipts, is_stopping=pulling.is_stopping)
    stopping_one = replace(pulling, receipts=receipts)

    assert (stopping_one.run(), stopping_one.run()) == (1, 0)

    assert script.answers == []
    assert (line(desk).failures, len(owed(desk))) == (0, 1)


def test_a_receipt_whose_last_try_a_stop_breaks_off_is_owed_as_before(desk: Desk) -> None:
    stopping: list[bool] = []

    def stops(_: bytes) -> Answer:
        stopping.append(True)
        raise PartnerUnreachableError(partner="customs.kz", url="memory:", why="stopping")

    busy = Answer(status=503, content_type="text/plain", body=b"")
    pulling = over(desk, Script([desk.pulled(), busy, NOTHING, stops]))
    pulling.run()
    (before,) = owed(desk)
    last = replace(
        pulling.receipts,
        is_stopping=lambda: bool(stopping),
        retry=replace(pulling.receipts.retry, max_retries=0),
    )
    desk.pair.clock.forward(hours=1)

    assert last.run() == 0

    assert stopping
    assert owed(desk) == [before]
    with transaction(desk.pair.uz.engine) as conn:
        now = desk.pair.clock()
        assert len(duties.claim(conn, (before.kind,), now, LEASE, 9)) == 1


def test_receipts_owed_to_a_partner_whose_card_is_gone_are_given_up(desk: Desk) -> None:
    busy = Answer(status=503, content_type="text/plain", body=b"")
    pulling = over(desk, Script([desk.pulled(), busy, desk.pulled()]))
    pulling.run()
    gone = replace(pulling.receipts, partners={})
    desk.pair.clock.forward(hours=1)
    assert pulling.receipts.run_others() == 0
    assert owed(desk)[0].attempts == 0

    for _ in range(gone.retry.max_retries + 1):
        gone.run_others()
        desk.pair.clock.forward(days=1)

    assert owed(desk) == []
