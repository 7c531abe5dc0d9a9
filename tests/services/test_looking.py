from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Handling
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import (
    DisposedRecordError,
    InvalidSettingError,
    NotPermittedError,
    RoleError,
    SuspendedAgreementError,
    UnknownRecordError,
)
from exchange_node.policy.viewing import Subject
from exchange_node.services.stations.looking import gate
from exchange_node.store import audit, tables
from exchange_node.store.database import reading, transaction
from tests.exchange.assisting import Desks
from tests.services.test_alerting import sent_alert
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair, permitting_attachments, replaced

STATISTICIAN = replace(POST, name="statistician", purposes=frozenset({"STATISTICS"}))


def arrived(pair: Pair, **changes: Any) -> int:  # noqa: ANN401 - whatever `submit` takes
    """Return the number of a manifest that Uzbekistan has received."""
    pair.submit(**changes)
    pair.run()
    return int(pair.uz.enquiry.prearrival(LIAISON)["arrivals"][0]["number"])


def last_look(node: Any) -> audit.AuditRecord:  # noqa: ANN401 - a node of the pair
    with reading(node.engine) as conn:
        looks = [one for one in audit.search(conn, limit=9) if one.action.startswith("look.")]
    return looks[0]


def saying(old: str, new: str) -> Callable[[str], str]:
    return lambda text: replaced(text, old, new)


def test_a_look_says_what_it_was_for(pair: Pair) -> None:
    number = arrived(pair)

    pair.uz.enquiry.manifest(LIAISON, number, purpose="RISK_ANALYSIS")

    look = last_look(pair.uz)
    assert (look.action, look.facts) == ("look.manifest", {"purpose": "RISK_ANALYSIS"})
    assert look.movement


def test_a_purpose_that_does_not_cover_a_manifest_is_explained_and_written_down(
    pair: Pair,
) -> None:
    number = arrived(pair)

    with pytest.raises(NotPermittedError, match="STATISTICS") as refused:
        pair.uz.enquiry.manifest(STATISTICIAN, number)

    look = last_look(pair.uz)
    assert refused.value.facts["denial"] == "DENY-VIEW-PURPOSE"
    assert (look.subject_key, look.facts) == (str(number), {"refused": "DENY-VIEW-PURPOSE"})
    assert not look.movement


def test_on_a_list_it_is_counted_and_not_named(pair: Pair) -> None:
    arrived(pair)

    found = pair.uz.enquiry.prearrival(STATISTICIAN)

    assert found == {"arrivals": [], "not_covered": 1, "next": None}
    assert last_look(pair.uz).facts == {"asked": "", "count": "0", "refused": "DENY-VIEW-PURPOSE 1"}


def test_nobody_looks_for_a_purpose_that_is_not_theirs(pair: Pair) -> None:
    with pytest.raises(NotPermittedError, match="not for INVESTIGATION"):
        pair.uz.enquiry.prearrival(POST, purpose="INVESTIGATION")
    with pytest.raises(NotPermittedError, match="not for STATISTICS"):
        pair.uz.enquiry.alerts(LIAISON, purpose="STATISTICS")

    assert last_look(pair.uz).facts["refused"] == "DENY-VIEW-NOT-YOUR-PURPOSE"


def test_who_is_no_reader_is_answered_as_if_there_were_nothing(pair: Pair) -> None:
    pair.clock.forward(days=1)
    pair.agree_anew(
        saying('readers = [\n  "border-post",\n  "liaison",\n]', 'readers = ["UZ270101"]')
    )
    pair.submit()
    pair.run()
    at_the_office = replace(POST, offices=frozenset({"UZ270101"}))
    (found,) = pair.uz.enquiry.prearrival(at_the_office)["arrivals"]

    assert pair.uz.enquiry.prearrival(POST)["not_covered"] == 0
    with pytest.raises(UnknownRecordError) as there:
        pair.uz.enquiry.manifest(POST, found["number"])
    assert last_look(pair.uz).facts == {"refused": "DENY-VIEW-READERS"}
    with pytest.raises(UnknownRecordError) as nowhere:
        pair.uz.enquiry.manifest(POST, 99)
    assert last_look(pair.uz).facts == {"refused": "UNKNOWN"}
    assert str(there.value).replace(str(found["number"]), "99") == str(nowhere.value)


def test_a_role_that_does_not_reach_leaves_a_line(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.uz.enquiry.manifest(OPERATOR, 1)

    look = last_look(pair.uz)
    assert (look.actor, look.facts) == (OPERATOR.name, {"refused": "access.role"})


def test_an_attachment_is_no_way_round_the_gate(pair: Pair) -> None:
    pair.clock.forward(days=1)
    pair.agree_anew(permitting_attachments)
    number = arrived(pair)

    with pytest.raises(UnknownRecordError, match="attachment"):
        pair.uz.enquiry.attachment(STATISTICIAN, number, 1)


def test_the_stricter_version_decides_from_its_first_day(pair: Pair) -> None:
    number = arrived(pair)
    pair.clock.forward(days=1)
    assert pair.uz.enquiry.manifest(POST, number)

    pair.agree_anew(saying('handling = "restricted"', 'handling = "confidential"'))

    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []
    with pytest.raises(UnknownRecordError):
        pair.uz.enquiry.manifest(POST, number)
    assert pair.uz.enquiry.manifest(LIAISON, number)


def test_a_list_is_filled_past_what_may_not_be_shown(pair: Pair) -> None:
    held = [Handling.SECRET, Handling.OPEN, Handling.CONFIDENTIAL, Handling.RESTRICTED]

    def page(last: int | None) -> Sequence[int]:
        begins = 0 if last is None else last + 1
        return range(begins, min(begins + 2, len(held)))

    def looked_at(number: int) -> gate.Looked:
        return gate.Looked(subject=Subject(kind="note", key=str(number), handling=held[number]))

    with reading(pair.uz.engine) as conn:
        two = gate.sifted(conn, POST, pair.clock(), page, looked_at, limit=2)
        more = gate.sifted(conn, POST, pair.clock(), page, looked_at, limit=9)

    assert (two.shown, two.last, two.not_covered) == ((1, 3), 3, 0)
    assert (more.shown, more.last) == ((1,), None)
    assert two.facts == {"count": "2", "refused": "DENY-VIEW-HANDLING 1, DENY-VIEW-SECRET 1"}


def test_what_is_gone_is_said_to_be_gone(pair: Pair) -> None:
    number = arrived(pair)
    pair.later(days=1095)
    with pytest.raises(NotPermittedError, match="ended on"):
        pair.uz.enquiry.manifest(POST, number)

    pair.uz.disposing.run()

    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.manifest(POST, number)


def test_who_may_not_see_an_alert_does_not_acknowledge_it(pair: Pair) -> None:
    alert_id = sent_alert(pair, purpose="RISK_ANALYSIS")
    recovering = replace(LIAISON, purposes=frozenset({"RECOVERY"}))

    with pytest.raises(NotPermittedError, match="RISK_ANALYSIS"):
        pair.kz.alerting.acknowledge(recovering, alert_id, office="KZ550302")

    assert pair.kz.enquiry.alerts(recovering) == {"alerts": [], "not_covered": 1}


def test_who_may_not_see_a_request_says_nothing_to_it(pair: Pair) -> None:
    desks = Desks(pair)
    desks.agree()
    asked, replying = desks.ask(), pair.uz.assistance.reply
    elsewhere = replace(LIAISON, purposes=frozenset({"STATISTICS"}))

    with pytest.raises(NotPermittedError, match="STATISTICS"):
        replying(elsewhere, asked, Act.ACKNOWLEDGED, {"language": "ru"})
    with transaction(pair.uz.engine) as conn:
        conn.execute(update(tables.assistance_case).values(handling="secret"))
    with pytest.raises(UnknownRecordError) as there:
        replying(LIAISON, asked, Act.ACKNOWLEDGED, {"language": "ru"})
    with pytest.raises(UnknownRecordError) as nowhere:
        replying(LIAISON, "q9", Act.ACKNOWLEDGED, {"language": "ru"})

    assert str(there.value).replace(asked, "q9") == str(nowhere.value)


def test_under_suspension_an_alert_is_read_and_nobody_acts_on_it(pair: Pair) -> None:
    alert_id = sent_alert(pair, purpose="RISK_ANALYSIS")
    pair.kz.agreeing.suspend(
        OPERATOR, "urn:carec:maa:KZ-UZ:rehearsal", 1, why="keys were lost", reason="BREACH"
    )

    assert pair.kz.enquiry.alert(LIAISON, alert_id)["alert_id"] == alert_id
    with pytest.raises(SuspendedAgreementError):
        pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")


def test_a_token_says_what_its_bearer_works_for_and_where(pair: Pair) -> None:
    access = pair.uz.access
    told = access.new_token(
        "post 7",
        frozenset({Role.BORDER_POST}),
        days=1,
        purposes=("STATISTICS",),
        offices=("UZ270101",),
    )
    plain = access.new_token("post 8", frozenset({Role.BORDER_POST}), days=1)

    assert access.actor_of(f"Bearer {told}") == Actor(
        name="post 7",
        roles=frozenset({Role.BORDER_POST}),
        purposes=frozenset({"STATISTICS"}),
        offices=frozenset({"UZ270101"}),
    )
    assert access.actor_of(f"Bearer {plain}").works_for == POST.works_for
    assert access.tokens()[0]["purposes"] == ["STATISTICS"]


@pytest.mark.parametrize("wrong", [{"purposes": ("for fun",)}, {"offices": ("Yallama",)}])
def test_a_purpose_or_office_that_is_none_is_refused(pair: Pair, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettingError, match="want one as"):
        pair.uz.access.new_token("post 9", frozenset({Role.BORDER_POST}), days=1, **wrong)


def test_a_submitter_looks_at_no_manifest(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.uz.enquiry.attachment(NATIONAL, 1, 1)
