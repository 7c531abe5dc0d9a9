from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from exchange_node.domain.errors import (
    InvalidHeaderError,
    RoleError,
    StoreFullError,
    UnknownRecordError,
)
from exchange_node.domain.transmission.content import SMALL_BYTES, Content, whole
from exchange_node.services.operating.report import STEPS
from exchange_node.services.stations.looking.views import View
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from tests.pieces import Pieces
from tests.world import NATIONAL, OPERATOR, POST, Pair

PMODE = 'partner = "customs.{}"\ncaptures = true\n'


@pytest.fixture(name="watched")
def _watched(pair: Pair) -> Pair:
    """A pair whose nodes both keep what passes between them."""
    for name, other in (("kz", "uz"), ("uz", "kz")):
        folder: Path = getattr(pair, name).settings.pmodes_folder
        folder.mkdir(exist_ok=True)
        (folder / f"customs.{other}.toml").write_text(PMODE.format(other), "utf-8")
        pair.restart(name)
    return pair


def captured(pair: Pair, name: str = "uz") -> list[View]:
    node = getattr(pair, name)
    return list(reversed(node.replaying.captures(OPERATOR)["captures"]))


def directions(pair: Pair, name: str) -> list[str]:
    return [one["direction"] for one in captured(pair, name)]


def steps_of(seen: View) -> list[tuple[str, bool]]:
    return [(one["step"], one["ok"]) for one in seen["steps"]]


def test_nothing_is_kept_unless_it_is_asked_for(pair: Pair) -> None:
    pair.submit()
    pair.run()

    assert captured(pair, "kz") == captured(pair, "uz") == []


def test_requests_and_answers_of_both_ways_are_kept(watched: Pair) -> None:
    submission = watched.submit()
    watched.kz.sending.run()

    assert directions(watched, "kz") == ["sent", "got"]
    assert directions(watched, "uz") == ["received", "answered"]
    message_id = watched.kz.enquiry.submission(NATIONAL, submission)["message_id"]
    assert {one["message_id"] for one in captured(watched, "uz")} == {message_id}
    sent = whole(watched.kz.replaying.export(OPERATOR, captured(watched, "kz")[0]["number"]))
    came = whole(watched.uz.replaying.export(OPERATOR, captured(watched, "uz")[0]["number"]))
    assert sent == came


def test_a_request_without_an_answer_is_kept(watched: Pair) -> None:
    watched.exchange.cut.add("customs.uz")
    watched.submit()
    watched.kz.sending.run()

    assert directions(watched, "kz") == ["sent"]


def test_only_the_newest_are_kept_and_not_for_ever(watched: Pair) -> None:
    capturing = replace(watched.kz.sending.line.capturing, newest=3)  # type: ignore[attr-defined]
    nothing = Answer(status=200, content_type="", body=b"")
    for number in range(4):
        capturing.keep("customs.uz", "text/plain", b"%d" % number, nothing, is_ours=True)
    assert directions(watched, "kz") == ["got", "sent", "got"]

    watched.clock.forward(days=15)
    capturing.keep("customs.uz", "text/plain", b"new", None, is_ours=True)

    assert directions(watched, "kz") == ["sent"]
    with reading(watched.kz.engine) as conn:
        held = conn.exec_driver_sql(
            "SELECT payload_id FROM payload WHERE payload_id LIKE 'capture%'"
        )
        assert len(held.all()) == 1


def test_a_capture_for_which_there_is_no_room_disturbs_nothing(watched: Pair) -> None:
    class Full:
        def write(self, _chunk: bytes) -> None:
            raise StoreFullError(why="no space left")

        def finish(self) -> Content:
            raise StoreFullError(why="no space left")

    capturing = replace(watched.uz.reception.capturing, new_spool=Full)
    head = b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    part = Pieces(head + b"YWJj" * SMALL_BYTES + b"\r\n--b--\r\n", length=SMALL_BYTES)

    capturing.keep("customs.kz", 'multipart/related; boundary="b"', part, None, is_ours=False)

    assert captured(watched, "uz") == []


def test_a_message_that_was_taken_passes_every_step(watched: Pair) -> None:
    watched.submit()
    watched.kz.sending.run()
    (request, answer) = captured(watched, "uz")

    seen = watched.uz.replaying.replay(OPERATOR, request["number"])

    assert steps_of(seen) == [(str(step), True) for step in STEPS]
    assert seen["ok"] is True
    told = {one["step"]: one["said"] for one in seen["steps"]}
    assert "held since 2026-03-02T08:00:00+00:00" in told["duplicate"]
    assert watched.uz.replaying.replay(OPERATOR, answer["number"])["ok"] is True


def test_what_was_sent_and_its_receipt_are_read_too(watched: Pair) -> None:
    watched.submit()
    watched.kz.sending.run()
    (request, receipt) = captured(watched, "kz")

    assert watched.kz.replaying.replay(OPERATOR, request["number"])["ok"] is True
    seen = watched.kz.replaying.replay(OPERATOR, receipt["number"])

    assert steps_of(seen) == [("signature", True), ("digests", True)]


def test_the_first_step_that_does_not_hold_is_told_and_nothing_is_changed(watched: Pair) -> None:
    watched.exchange.meddler = lambda body: body[:-300] + bytes([body[-300] ^ 1]) + body[-299:]
    watched.submit()
    watched.kz.sending.run()
    (request, _) = captured(watched, "uz")
    before = watched.uz.enquiry.messages(OPERATOR)

    seen = watched.uz.replaying.replay(OPERATOR, request["number"])

    assert seen["ok"] is False
    assert steps_of(seen)[-1] == ("decryption", False)
    assert seen["steps"][-1]["ebms_code"] == "EBMS:0102"
    assert seen["steps"][-1]["mend"]
    assert watched.uz.enquiry.messages(OPERATOR) == before


def test_an_agreement_that_is_suspended_fails_at_its_step(watched: Pair) -> None:
    watched.submit()
    watched.kz.sending.run()
    (held,) = watched.uz.standings.all()
    watched.uz.agreeing.suspend(OPERATOR, str(held["agreement"]), 1, why="talks")

    seen = watched.uz.replaying.replay(OPERATOR, captured(watched, "uz")[0]["number"])

    assert steps_of(seen)[-1] == ("agreement", False)


def test_an_exported_file_is_read_like_the_capture(watched: Pair) -> None:
    watched.submit()
    watched.kz.sending.run()
    number = captured(watched, "uz")[0]["number"]
    file = whole(watched.uz.replaying.export(OPERATOR, number))

    seen = watched.uz.replaying.replay_file(OPERATOR, file, partner="customs.kz")

    assert seen["steps"] == watched.uz.replaying.replay(OPERATOR, number)["steps"]
    cut = watched.uz.replaying.replay_file(OPERATOR, file[:-200], partner="customs.kz")
    assert steps_of(cut) == [("mime", False)]


def test_a_file_is_read_on_its_day_of_utc_wherever_the_clock_hangs(watched: Pair) -> None:
    last_evening = datetime(2026, 4, 1, 20, tzinfo=UTC)
    watched.clock.forward(seconds=(last_evening - watched.clock()).total_seconds())
    watched.submit()
    watched.kz.sending.run()
    file = whole(watched.uz.replaying.export(OPERATOR, captured(watched, "uz")[0]["number"]))
    east = last_evening.astimezone(timezone(timedelta(hours=5)))

    seen = replace(watched.uz.replaying, clock=lambda: east).replay_file(
        OPERATOR, file, partner="customs.kz"
    )

    assert seen["ok"] is True


@pytest.mark.parametrize("file", [b"", b"no header\r\n\r\nx", b"Content-Type: a\nb\r\n\r\nx"])
def test_a_file_that_is_no_export_is_told_as_such(pair: Pair, file: bytes) -> None:
    with pytest.raises(InvalidHeaderError):
        pair.kz.replaying.replay_file(OPERATOR, file)


def test_an_operator_alone_reads_captures(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.kz.replaying.captures(POST)
    with pytest.raises(UnknownRecordError):
        pair.kz.replaying.replay(OPERATOR, 1)
