from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from exchange_node.domain.agreement import Agreement, AgreementParty, Validity
from exchange_node.domain.countersigning.acts import Act, AgreementAct, Signature
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import StoreError, UnknownRecordError
from exchange_node.store.admission import acts, agreements
from exchange_node.store.admission.acts import KeptAct
from exchange_node.store.database import transaction
from exchange_node.store.tables import agreement_act

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


def _act(act: Act, party: str, now: datetime, *, version: int = 1, **changes: object) -> KeptAct:
    made = AgreementAct(
        act_id=f"{party}-{act.value}",
        act=act,
        party=party,
        agreement_id="kz-uz",
        version=version,
        digest="d",
        ordinal=1,
        at=now,
        signature=Signature(algorithm="urn:x", certificate=b"\x00c", value=b"\xffv", at=now),
    )
    return KeptAct(
        act=replace(made, **changes),  # type: ignore[arg-type]
        recorded_at=now,
        recorded_by="anna",
        message_id="m",
        document_id=None,
    )


def test_what_never_came_here_is_unknown(database: Engine) -> None:
    with transaction(database) as conn:
        assert agreements.known(conn) == []
        with pytest.raises(UnknownRecordError):
            agreements.get(conn, "kz-uz", 1)


def test_a_version_keeps_its_first_text(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        assert agreements.keep(conn, _agreement(), "id = 'kz-uz'", by="anna", at=now)
        assert not agreements.keep(conn, _agreement(digest="e"), "other", by="boris", at=now)

        held = agreements.get(conn, "kz-uz", 1)
    assert (held.digest, held.text) == ("d", "id = 'kz-uz'")
    assert (held.kept_by, held.kept_at, held.bond.stage) == ("anna", now, Stage.DRAFT)


def test_an_act_is_kept_whole_and_makes_the_stage(database: Engine, now: datetime) -> None:
    offered = _act(Act.OFFERED, "customs.kz", now, why="because", reason="POLICY")
    with transaction(database) as conn:
        agreements.keep(conn, _agreement(), "", by="anna", at=now)
        assert acts.add(conn, offered)

        assert acts.of(conn, "kz-uz", 1) == [offered]
        assert agreements.get(conn, "kz-uz", 1).bond.stage is Stage.OFFERED


def test_it_ended_when_its_party_says_and_not_when_word_came(
    database: Engine, now: datetime
) -> None:
    late = _act(Act.TERMINATED, "customs.kz", now, ordinal=3, signature=None)
    with transaction(database) as conn:
        agreements.keep(conn, _agreement(), "", by="anna", at=now)
        acts.add(conn, _act(Act.OFFERED, "customs.kz", now))
        acts.add(conn, _act(Act.COUNTERSIGNED, "customs.uz", now))
        acts.add(conn, replace(late, recorded_at=now + timedelta(days=3)))

        assert agreements.get(conn, "kz-uz", 1).bond.ended_at == now


def test_the_same_act_is_recorded_once(database: Engine, now: datetime) -> None:
    offered = _act(Act.OFFERED, "customs.kz", now)
    with transaction(database) as conn:
        agreements.keep(conn, _agreement(), "", by="anna", at=now)
        assert not acts.is_known(conn, "customs.kz", offered.act.act_id)
        assert acts.add(conn, offered)
        assert not acts.add(conn, replace(offered, recorded_by="boris"))

        assert acts.is_known(conn, "customs.kz", offered.act.act_id)
        assert not acts.is_known(conn, "customs.uz", offered.act.act_id)
        assert len(acts.of(conn, "kz-uz", 1)) == 1


@pytest.mark.parametrize("change", [update(agreement_act).values(act="x"), delete(agreement_act)])
def test_what_was_done_is_never_changed(change: object, database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        agreements.keep(conn, _agreement(), "", by="anna", at=now)
        acts.add(conn, _act(Act.OFFERED, "customs.kz", now))

    with (
        pytest.raises((DatabaseError, StoreError), match=r"never changed|RaiseException"),
        transaction(database) as conn,
    ):
        conn.execute(change)  # type: ignore[call-overload]


def test_versions_stand_beside_each_other(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        agreements.keep(conn, _agreement(2, "e"), "", by="anna", at=now)
        agreements.keep(conn, _agreement(), "", by="anna", at=now)
        acts.add(conn, _act(Act.ACTIVATED, "", now, version=2, signature=None))

        found = [(one.version, one.bond.stage) for one in agreements.known(conn)]
    assert found == [(1, Stage.DRAFT), (2, Stage.AGREED)]
