from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from exchange_node.domain.errors import StoreError, UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import submissions
from exchange_node.store.records.submissions import MOVES, State, Submission
from exchange_node.store.tables import payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers


@pytest.fixture(name="submission")
def _submission(now: datetime, make: Makers) -> Submission:
    return Submission(
        submission_id="s1",
        submitted_by="asycuda",
        partner="customs.uz",
        format="esadout-cu",
        state=State.QUEUED,
        at=now,
        movement="KZ/mrn/1",
        message_id="m1@kz",
        findings=(make.finding(),),
    )


def test_a_submission_comes_back_with_its_declaration_and_report(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    with transaction(database) as conn:
        added = submissions.add(conn, submission, b"<xml/>", b"{}", vault)

    with reading(database) as conn:
        held = submissions.get(conn, "s1")
        assert held.report_id is not None
        assert payloads.fetch(conn, held.declaration_id, vault) == b"<xml/>"
        assert payloads.fetch(conn, held.report_id, vault) == b"{}"
    assert held == added
    assert held.digest == hashlib.sha256(b"<xml/>").hexdigest()
    assert (
        replace(held, digest="", declaration_id="", report_id=None, changed_at=None) == submission
    )


def test_without_a_report_there_is_none(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    with transaction(database) as conn:
        submissions.add(conn, replace(submission, state=State.REFUSED), b"<xml/>", b"", vault)

        assert submissions.get(conn, "s1").report_id is None


def test_what_was_never_submitted_is_unknown(database: Engine) -> None:
    with reading(database) as conn:
        with pytest.raises(UnknownRecordError):
            submissions.get(conn, "s1")
        assert submissions.by_message(conn, "m1@kz") is None
        assert submissions.by_key(conn, "asycuda", None) is None


def test_a_key_used_again_gives_the_earlier_submission(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    keyed = replace(submission, idempotency_key="k")
    with transaction(database) as conn:
        first = submissions.add(conn, keyed, b"<xml/>", b"{}", vault)
        again = submissions.add(
            conn, replace(keyed, submission_id="s2", message_id="m2"), b"<other/>", b"{}", vault
        )

        assert again == first
        assert len(submissions.search(conn, limit=9)) == 1
        assert conn.execute(select(func.count()).select_from(payload)).scalar() == 2


def test_another_submitter_may_use_the_same_key(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    keyed = replace(submission, idempotency_key="k")
    with transaction(database) as conn:
        submissions.add(conn, keyed, b"<xml/>", b"", vault)
        other = replace(keyed, submission_id="s2", submitted_by="anna", message_id="m2")

        assert submissions.add(conn, other, b"<xml/>", b"", vault).submission_id == "s2"


def test_a_submission_id_is_used_once(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    with transaction(database) as conn:
        submissions.add(conn, submission, b"<xml/>", b"", vault)

    with pytest.raises(StoreError, match="there already"), transaction(database) as conn:
        submissions.add(conn, submission, b"<xml/>", b"", vault)


@pytest.mark.parametrize("state", State)
def test_only_what_was_refused_here_is_refused(submission: Submission, state: State) -> None:
    assert replace(submission, state=state).is_refused is (state is State.REFUSED)


def test_submissions_at_once_under_one_key_are_one(
    database: Engine,
    submission: Submission,
    vault: Vault,
    together: Callable[[int, Callable[[int], str]], list[str]],
) -> None:
    def submit(which: int) -> str:
        mine = replace(
            submission, submission_id=f"s{which}", message_id=f"m{which}", idempotency_key="k"
        )
        with transaction(database) as conn:
            return submissions.add(conn, mine, b"<xml/>", b"{}", vault).submission_id

    assert len(set(together(4, submit))) == 1
    with reading(database) as conn:
        assert len(submissions.search(conn, limit=9)) == 1
        assert conn.execute(select(func.count()).select_from(payload)).scalar() == 2


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_submission_moves_as_the_table_says(
    sqlite_database: Engine, submission: Submission, vault: Vault, before: State, after: State
) -> None:
    later = submission.at + timedelta(hours=1)
    with transaction(sqlite_database) as conn:
        submissions.add(conn, replace(submission, state=before), b"<xml/>", b"", vault)

        moved = submissions.advance(conn, "m1@kz", after, at=later)
        held = submissions.get(conn, "s1")
    assert moved is (before in MOVES[after])
    assert held.state is (after if moved else before)
    assert held.changed_at == (later if moved else submission.at)


def test_an_answer_that_overtakes_its_receipt_stays(
    database: Engine, submission: Submission, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        submissions.add(conn, submission, b"<xml/>", b"", vault)

        assert submissions.advance(conn, "m1@kz", State.ACCEPTED, at=now)
        assert not submissions.advance(conn, "m1@kz", State.RECEIPTED, at=now)
        assert submissions.get(conn, "s1").state is State.ACCEPTED


def test_what_the_partner_found_comes_after_what_we_found(
    database: Engine, submission: Submission, vault: Vault, now: datetime, make: Makers
) -> None:
    theirs = make.finding("theirs")
    with transaction(database) as conn:
        submissions.add(conn, submission, b"<xml/>", b"", vault)
        submissions.advance(conn, "m1@kz", State.REJECTED, at=now, findings=(theirs,))

        assert submissions.get(conn, "s1").findings == (*submission.findings, theirs)


def test_a_message_without_a_submission_moves_none(
    database: Engine, submission: Submission, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        refused = replace(submission, message_id="")
        submissions.add(conn, refused, b"<xml/>", b"", vault)

        assert not submissions.advance(conn, "", State.SENT, at=now)
        assert not submissions.advance(conn, "m9@kz", State.SENT, at=now)
        assert submissions.by_message(conn, "") is None


def test_submissions_are_searched_the_newest_first_page_by_page(
    database: Engine, submission: Submission, vault: Vault
) -> None:
    with transaction(database) as conn:
        for number, (state, movement) in enumerate(
            [(State.QUEUED, "a"), (State.REFUSED, "b"), (State.QUEUED, "b")], start=1
        ):
            one = replace(submission, submission_id=f"s{number}", message_id=f"m{number}")
            submissions.add(conn, replace(one, state=state, movement=movement), b"x", b"", vault)

        def found(**wanted: object) -> list[str]:
            return [one.submission_id for one in submissions.search(conn, **wanted)]  # type: ignore[arg-type]

        assert found(limit=2) == ["s3", "s2"]
        assert found(after="s2", limit=2) == ["s1"]
        assert found(state=State.QUEUED, limit=9) == ["s3", "s1"]
        assert found(movement="b", limit=9) == ["s3", "s2"]
        by_message = submissions.by_message(conn, "m2")
        assert by_message is not None
        assert by_message.submission_id == "s2"
