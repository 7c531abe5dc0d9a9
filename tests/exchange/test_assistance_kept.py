from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from exchange_node.domain.assistance.life import Act
from exchange_node.domain.retention import Kept
from exchange_node.policy.gates import permit_answer
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.assistance.draft import reply_from
from exchange_node.services.stations.assistance.writing import Errand
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import captures
from exchange_node.store.records.assistance import cases
from exchange_node.store.records.captures import Capture, Direction
from exchange_node.store.tables import payload
from exchange_node.wco.assistance_codec import encode_reply
from tests.exchange.assisting import Desks
from tests.exchange.test_assistance_clocks import both_write_down
from tests.world import LIAISON, OPERATOR, pair_of_nodes

FIVE_YEARS = 1825
LONGER = (("expires_on = 2026-12-31", "expires_on = 2039-12-31"),)


@pytest.fixture(name="desks")
def _desks(tmp_path: Path) -> Iterator[Desks]:
    with pair_of_nodes(tmp_path) as pair:
        desks = Desks(pair)
        desks.agree(*LONGER)
        yield desks


def disposed(desks: Desks, name: str) -> list[str]:
    """Let a node dispose of what is due; return the subjects of its certificates."""
    node = getattr(desks.pair, name)
    node.disposing.run()
    found = node.keeping.disposals(OPERATOR)["disposals"]
    return [str(one["subject"]) for one in found if one["kind"] == "assistance"]


def said(desks: Desks, name: str, reference: str) -> dict[str, bool]:
    """Return of each paper of a matter, by its code, whether what it says is still there."""
    papers = desks.seen(name, reference)["papers"]
    return {str(one["code"]): one["says"] is not None for one in papers}


def bytes_held(desks: Desks, name: str, like: str) -> int:
    with reading(getattr(desks.pair, name).engine) as conn:
        return conn.execute(
            select(func.count()).where(
                payload.c.payload_id.like(like), payload.c.disposed_at.is_(None)
            )
        ).scalar_one()


def postpone_dated(desks: Desks, reference: str, *, issued: datetime, until: datetime) -> None:
    """Let Uzbekistan's node send a postponement that its own register never saw."""
    node, at = desks.pair.uz, desks.pair.clock()
    reply = reply_from(
        {"language": "ru", "ground": "proceedings", "until": until.isoformat()},
        Act.POSTPONED,
        issuer="customs.uz", requester="customs.kz", request_id=reference, number="p1", at=issued,
    )  # fmt: skip
    with reading(node.engine) as conn:
        case = cases.get(conn, "customs.kz", reference)
        verdict = permit_answer(held_agreements(conn), case.exchange, code="MA-012", on=at.date())
    writing = node.assistance.writing
    document = encode_reply(reply, metadata=writing.metadata, registry=writing.registry)
    prepared, _ = writing.prepared(
        document,
        verdict,
        Errand(
            to="customs.kz", code="MA-012", purpose=case.exchange.purpose, about=reference,
            by="test", at=at, answers=case.message_id,
        ),
    )  # fmt: skip
    with transaction(node.engine) as conn:
        writing.packing.queue(conn, prepared)
    desks.pair.run()


def test_papers_go_when_the_days_since_the_end_of_the_case_are_over(desks: Desks) -> None:
    reference = desks.ask()
    desks.pair.later(days=100)
    desks.reply(reference, Act.COMPLETE, text="The invoice shows twice the value.")
    desks.pair.later(days=FIVE_YEARS - 1)

    assert (disposed(desks, "uz"), disposed(desks, "kz")) == ([], [])
    desks.pair.later(days=1)

    subject = f"customs.kz/{reference}"
    assert (disposed(desks, "uz"), disposed(desks, "kz")) == ([subject], [subject])
    # What came is gone, what one has written oneself is not.
    assert said(desks, "uz", reference) == {"MA-010": False, "MA-014": True}
    assert said(desks, "kz", reference) == {"MA-010": True, "MA-014": False}
    assert bytes_held(desks, "uz", "inbox/customs.kz/%") == 0
    assert bytes_held(desks, "uz", "assistance/customs.kz/%") == 0
    assert bytes_held(desks, "kz", "assistance/customs.uz/%") == 0


def test_a_hold_keeps_the_papers_of_a_matter_until_it_is_lifted(desks: Desks) -> None:
    reference = desks.ask()
    desks.reply(reference, Act.ACKNOWLEDGED)
    desks.reply(reference, Act.COMPLETE, text="The invoice shows twice the value.")
    subject = f"customs.kz/{reference}"
    held: Any = desks.pair.kz.keeping.place(LIAISON, Kept.ASSISTANCE, subject, why="court order 4")
    assert held["records"] == 2
    desks.pair.later(days=FIVE_YEARS)

    assert disposed(desks, "kz") == []
    assert disposed(desks, "uz") == [subject]
    assert said(desks, "kz", reference)["MA-014"]
    desks.pair.kz.keeping.lift(LIAISON, held["number"], why="case closed")

    assert disposed(desks, "kz") == [subject, subject]
    assert not said(desks, "kz", reference)["MA-014"]


def test_what_was_asked_orally_goes_and_takes_no_message_with_it(desks: Desks) -> None:
    both_write_down(desks)
    desks.pair.later(days=FIVE_YEARS)
    vault = desks.pair.uz.assistance.register.shelf.vault
    unread = Capture(
        at=desks.pair.clock(), partner="customs.kz", direction=Direction.RECEIVED,
        message_id="", content_type="text/plain",
    )  # fmt: skip
    with transaction(desks.pair.uz.engine) as conn:
        captures.keep(conn, unread, b"nothing that can be read", vault, name="unread")

    assert (disposed(desks, "uz"), disposed(desks, "kz")) == (["customs.kz/oral-1"], [])
    assert len(desks.pair.uz.replaying.captures(OPERATOR)["captures"]) == 1


@pytest.mark.parametrize(("issued", "ahead"), [("2090-01-01", 30), ("9999-12-30", 1)])
def test_a_postponement_dated_ahead_does_not_last_longer_than_agreed(
    desks: Desks, issued: str, ahead: int
) -> None:
    reference = desks.ask()
    at = datetime.fromisoformat(f"{issued}T00:00:00+00:00")

    postpone_dated(desks, reference, issued=at, until=at + timedelta(days=ahead, hours=-1))

    assert desks.stages(reference)[0] == "requested"
    (told,) = desks.told("uz", "message.rejected")
    assert "postponed until" in told["why"]
