from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.agreement import ActivationState, Agreement, AgreementParty, Validity
from exchange_node.domain.errors import InvalidAgreementError, UnknownRecordError
from exchange_node.store.admission import agreements
from exchange_node.store.database import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


def _agreement(version: int = 1, digest: str = "d") -> Agreement:
    kz = AgreementParty(country="KZ", administration="KGD", node="customs.kz")
    uz = AgreementParty(country="UZ", administration="DBQ", node="customs.uz")
    return Agreement(
        agreement_id="kz-uz",
        version=version,
        title="Transit",
        parties=(kz, uz),
        validity=Validity(in_force_on=date(2026, 1, 1), expires_on=date(2030, 1, 1)),
        test=True,
        grants=(),
        digest=digest,
    )


def test_what_was_never_activated_is_unknown(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        assert agreements.active(conn) == []
        with pytest.raises(UnknownRecordError):
            agreements.get(conn, "kz-uz", 1)
        with pytest.raises(UnknownRecordError):
            agreements.suspend(conn, "kz-uz", 1, by="anna", at=now, why="")


def test_an_activated_agreement_keeps_its_text(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        assert agreements.activate(conn, _agreement(), "id = 'kz-uz'", by="anna", at=now)
        assert not agreements.activate(conn, _agreement(), "id = 'kz-uz'", by="boris", at=now)

        (held,) = agreements.active(conn)
    assert (held.agreement_id, held.version, held.digest) == ("kz-uz", 1, "d")
    assert (held.text, held.changed_by, held.changed_at) == ("id = 'kz-uz'", "anna", now)


def test_a_suspended_agreement_is_not_active_until_it_is_again(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        agreements.activate(conn, _agreement(), "", by="anna", at=now)
        assert agreements.suspend(conn, "kz-uz", 1, by="boris", at=now, why="a complaint")
        assert not agreements.suspend(conn, "kz-uz", 1, by="boris", at=now, why="again")

        held = agreements.get(conn, "kz-uz", 1)
        assert agreements.active(conn) == []
        assert agreements.get(conn, "kz-uz", 1).state is ActivationState.SUSPENDED
        assert (held.changed_by, held.why) == ("boris", "a complaint")

        assert agreements.activate(conn, _agreement(), "", by="anna", at=now)
        assert agreements.get(conn, "kz-uz", 1).state is ActivationState.ACTIVE


def test_what_has_ended_stays_ended(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        agreements.activate(conn, _agreement(), "", by="anna", at=now)
        assert agreements.end(conn, "kz-uz", 1, by="anna", at=now, why="terminated")

        assert not agreements.end(conn, "kz-uz", 1, by="anna", at=now, why="again")
        assert not agreements.suspend(conn, "kz-uz", 1, by="anna", at=now, why="")
        with pytest.raises(InvalidAgreementError, match="ended"):
            agreements.activate(conn, _agreement(), "", by="anna", at=now)


def test_a_version_never_gets_another_text(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        agreements.activate(conn, _agreement(), "", by="anna", at=now)

        with pytest.raises(InvalidAgreementError, match="another text"):
            agreements.activate(conn, _agreement(digest="e"), "", by="anna", at=now)


def test_versions_stand_beside_each_other(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        agreements.activate(conn, _agreement(2, "e"), "", by="anna", at=now)
        agreements.activate(conn, _agreement(), "", by="anna", at=now)
        agreements.suspend(conn, "kz-uz", 1, by="anna", at=now, why="")

        assert [one.version for one in agreements.known(conn)] == [1, 2]
        assert [one.version for one in agreements.active(conn)] == [2]
