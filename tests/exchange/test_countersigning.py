"""Two nodes come to an agreement over the line, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange_node.domain.errors import (
    IllegalActError,
    InvalidAgreementError,
    NotPermittedError,
    RefusedActError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.tables import agreement_act
from tests.exchange.agreeing import ID, Talks
from tests.world import OPERATOR, POST, pair_of_nodes


@pytest.fixture(name="talks")
def _talks(tmp_path: Path) -> Iterator[Talks]:
    with pair_of_nodes(tmp_path, is_agreed=False) as pair:
        yield Talks(pair)


def test_an_offer_that_is_countersigned_is_in_force_at_both_nodes(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()
    assert talks.states() == ("offered", "offered")
    assert talks.standing("kz")["waits_for"] == "the countersignature of customs.uz"

    talks.countersign()
    assert talks.states() == ("offered", "countersigned")
    assert talks.standing("uz")["waits_for"] == "the confirmation of customs.kz"
    talks.pair.run()

    assert talks.states() == ("active", "active")
    assert talks.standing("kz")["digest"] == talks.standing("uz")["digest"]
    assert talks.standing("kz")["signed"] == talks.standing("uz")["signed"]
    assert talks.acts("kz") == talks.acts("uz")
    assert talks.acts("kz") == [
        ("customs.kz", "offered"),
        ("customs.uz", "countersigned"),
        ("customs.kz", "confirmed"),
    ]


def test_under_what_both_have_signed_messages_flow(talks: Talks) -> None:
    talks.agree()

    submission = talks.pair.submit()
    talks.pair.run()

    assert talks.pair.state_of(submission) == "accepted"


def test_nothing_flows_under_an_offer(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    submission = talks.pair.submit()

    assert talks.pair.state_of(submission) == "refused"


def test_who_countersigned_sends_nothing_until_the_other_side_has_confirmed(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()
    talks.countersign()

    assert talks.gate("uz") == ("countersigned", frozenset())
    talks.pair.exchange.cut.add("customs.kz")
    talks.pair.run()
    assert talks.states() == ("offered", "countersigned")

    talks.pair.exchange.cut.clear()
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.states() == ("active", "active")


def test_what_begins_later_is_scheduled_and_supersedes_the_old_one_on_its_day(
    talks: Talks,
) -> None:
    talks.agree()
    talks.agree(2, days=3)

    assert (talks.states(1), talks.states(2)) == (("active", "active"), ("scheduled", "scheduled"))

    talks.pair.clock.forward(days=3)
    assert (talks.states(1), talks.states(2)) == (
        ("superseded", "superseded"),
        ("active", "active"),
    )


def test_two_that_offer_the_same_text_at_once_have_agreed(talks: Talks) -> None:
    for node in (talks.pair.kz, talks.pair.uz):
        node.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    assert talks.states() == ("active", "active")
    assert len(talks.standing("uz")["signed"]) == 3  # type: ignore[arg-type]  # a plain view of anything


def test_an_offer_may_be_refused_with_a_reason(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    talks.pair.uz.agreeing.refuse(OPERATOR, ID, 1, why="article 4 is missing")
    talks.pair.run()

    assert talks.states() == ("refused", "refused")
    (told,) = talks.refusals("kz")
    assert (told["reason"], told["why"]) == ("DECLINED", "article 4 is missing")
    with pytest.raises(IllegalActError):
        talks.countersign()


def test_an_offer_may_be_taken_back(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    talks.pair.kz.agreeing.refuse(OPERATOR, ID, 1, why="a mistake")
    talks.pair.run()

    assert talks.states() == ("refused", "refused")
    assert talks.refusals("uz")[0]["reason"] == "WITHDRAWN"


def test_an_offer_taken_back_while_it_is_countersigned_ends_refused_at_both(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()
    talks.countersign()
    talks.pair.kz.agreeing.refuse(OPERATOR, ID, 1, why="a mistake")
    talks.pair.run()

    assert talks.states() == ("refused", "refused")


# ---------------------------------------------------------------- suspending


def test_suspension_holds_what_waits_and_resuming_lets_it_go(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()

    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="a leak", reason="BREACH")
    assert talks.gate("kz")[0] == "suspended"
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.pair.state_of(submission) == "held"
    assert talks.states() == ("suspended", "suspended")
    (told,) = talks.told("uz", "agreement.suspended")
    assert (told["reason"], told["why"]) == ("BREACH", "a leak")

    talks.pair.kz.agreeing.resume(OPERATOR, ID, 1)
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.states() == ("active", "active")
    assert talks.pair.state_of(submission) == "accepted"


def test_the_partners_suspension_holds_what_waits_here(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.uz.agreeing.suspend(OPERATOR, ID, 1, why="talks")
    talks.pair.run()

    talks.pair.exchange.cut.clear()
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.pair.state_of(submission) == "held"

    talks.pair.kz.agreeing.resume(OPERATOR, ID, 1)
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.states() == ("suspended", "suspended")  # it is not ours to lift
    assert talks.pair.state_of(submission) == "held"

    talks.pair.uz.agreeing.resume(OPERATOR, ID, 1)
    for _ in range(2):
        talks.pair.clock.forward(hours=1)
        talks.pair.run()
    assert talks.pair.state_of(submission) == "accepted"


def test_one_grant_is_suspended_alone(talks: Talks) -> None:
    talks.agree()
    talks.pair.uz.agreeing.suspend(OPERATOR, ID, 1, why="talks", grants=["manifests-kz-uz"])
    talks.pair.run()

    assert talks.states() == ("active", "active")
    assert talks.gate("kz") == talks.gate("uz") == ("agreed", frozenset({"manifests-kz-uz"}))
    submission = talks.pair.submit()
    assert talks.pair.state_of(submission) == "refused"

    talks.pair.uz.agreeing.resume(OPERATOR, ID, 1, grants=["manifests-kz-uz"])
    talks.pair.run()
    assert talks.gate("kz") == ("agreed", frozenset())


def test_a_grant_that_is_suspended_while_its_messages_wait_holds_them(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()
    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="talks", grants=["manifests-kz-uz"])

    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.pair.state_of(submission) == "held"

    talks.pair.kz.agreeing.resume(OPERATOR, ID, 1, grants=["manifests-kz-uz"])
    for _ in range(2):
        talks.pair.clock.forward(hours=1)
        talks.pair.run()
    assert talks.pair.state_of(submission) == "accepted"


def test_a_suspension_that_its_end_overtook_changes_nothing(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="talks")
    talks.pair.run()
    talks.pair.exchange.cut.clear()
    talks.pair.kz.agreeing.resume(OPERATOR, ID, 1)
    talks.pair.run()
    assert talks.acts("uz")[-1] == ("customs.kz", "resumed")

    talks.pair.clock.forward(hours=1)
    talks.pair.run()

    assert talks.acts("uz")[-1] == ("customs.kz", "suspended")
    assert talks.states() == ("active", "active")


# ---------------------------------------------------------------- the end


def test_termination_takes_back_what_waits_and_says_so(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()

    talks.pair.uz.agreeing.terminate(OPERATOR, ID, 1, why="notice of 1 March", reason="POLICY")
    talks.pair.run()
    talks.pair.clock.forward(hours=1)
    talks.pair.run()

    assert talks.states() == ("terminated", "terminated")
    assert talks.pair.state_of(submission) == "cancelled"
    (told,) = talks.told("kz", "transmission.cancelled")
    assert told["why"].startswith("DENY-TERMINATED")


def test_what_was_held_is_taken_back_when_the_agreement_ends(talks: Talks) -> None:
    talks.agree()
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()
    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="talks")
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.pair.state_of(submission) == "held"

    talks.pair.kz.agreeing.terminate(OPERATOR, ID, 1, why="talks failed")
    talks.pair.clock.forward(hours=1)
    talks.pair.run()

    assert talks.pair.state_of(submission) == "cancelled"


def test_no_older_version_comes_back_when_the_newer_one_ends(talks: Talks) -> None:
    talks.agree()
    talks.agree(2)

    talks.pair.kz.agreeing.terminate(OPERATOR, ID, 2, why="notice")
    talks.pair.run()

    assert talks.states(1) == ("superseded", "superseded")
    assert talks.pair.state_of(talks.pair.submit()) == "refused"


def test_what_ended_before_its_first_day_never_counted_however_late_word_comes(
    talks: Talks,
) -> None:
    talks.agree()
    talks.agree(2, days=2)
    talks.pair.kz.agreeing.terminate(OPERATOR, ID, 2, why="talks failed")

    talks.pair.clock.forward(days=3)
    talks.pair.run()

    assert talks.states(1) == ("active", "active")
    assert talks.states(2) == ("terminated", "terminated")


def test_what_is_suspended_before_it_is_agreed_overtakes_nothing(talks: Talks) -> None:
    talks.agree()
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text(2))
    talks.pair.run()
    talks.countersign(2)

    talks.pair.uz.agreeing.suspend(OPERATOR, ID, 2, why="talks")

    assert talks.states(1) == ("active", "active")
    talks.pair.run()
    assert talks.states(1) == ("superseded", "superseded")
    assert talks.states(2) == ("suspended", "suspended")


# ---------------------------------------------------------------- operators


def test_an_operator_alone_signs(talks: Talks) -> None:
    with pytest.raises(RoleError):
        talks.pair.kz.agreeing.offer(POST, talks.text())


def test_what_is_signed_is_the_text_that_was_read(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    with pytest.raises(RefusedActError, match="OTHER_TEXT"):
        talks.pair.uz.agreeing.countersign(OPERATOR, ID, 1, digest="0" * 64)
    whole = str(talks.standing("uz")["digest"])
    with pytest.raises(RefusedActError, match="OTHER_TEXT"):
        talks.pair.uz.agreeing.countersign(OPERATOR, ID, 1, digest=whole[:11])
    with pytest.raises(RefusedActError, match="OTHER_TEXT"):
        talks.pair.uz.agreeing.countersign(OPERATOR, ID, 1, digest="")
    assert talks.states() == ("offered", "offered")


def test_what_is_unknown_is_not_countersigned(talks: Talks) -> None:
    with pytest.raises(UnknownRecordError):
        talks.pair.uz.agreeing.countersign(OPERATOR, ID, 1, digest="0")


def test_who_offered_does_not_countersign(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())

    with pytest.raises(IllegalActError, match="the party that has not signed"):
        talks.pair.kz.agreeing.countersign(
            OPERATOR, ID, 1, digest=str(talks.standing("kz")["digest"])
        )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("test = true", "test = false", "test"),
        ("urn:carec:maa:KZ-UZ:rehearsal", "urn:carec:countersigning", "agreement_id"),
        ("customs.kz", "customs.kg", "parties"),
    ],
)
def test_a_text_that_cannot_count_here_is_not_offered(
    old: str, new: str, place: str, talks: Talks
) -> None:
    text = (
        talks.text()
        .replace(old, new)
        .replace(
            'country = "KZ"', f'country = "{new[-2:].upper()}"' if "kg" in new else 'country = "KZ"'
        )
    )

    with pytest.raises(InvalidAgreementError) as caught:
        talks.pair.kz.agreeing.offer(OPERATOR, text)

    assert caught.value.facts["place"] == place


def test_production_is_not_activated_by_hand(talks: Talks) -> None:
    text = talks.text().replace("test = true", "test = false")

    with pytest.raises(InvalidAgreementError, match="countersigned, not activated"):
        talks.pair.kz.commissioning.add_agreement(text, actor="test")


def test_what_is_signed_is_not_activated_as_well(talks: Talks) -> None:
    talks.agree()

    with pytest.raises(InvalidAgreementError, match="it is signed, not activated"):
        talks.pair.kz.commissioning.add_agreement(talks.text(), actor="test")


def test_what_was_activated_by_hand_is_suspended_by_hand(talks: Talks) -> None:
    for node in (talks.pair.kz, talks.pair.uz):
        node.commissioning.add_agreement(talks.text(), actor="test")

    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="talks")
    talks.pair.run()

    assert talks.states() == ("suspended", "active")
    assert talks.transmissions("kz") == {}


# ---------------------------------------------------------------- files


def test_without_a_line_an_agreement_is_signed_by_file(talks: Talks) -> None:
    kz, uz = talks.pair.kz, talks.pair.uz
    talks.pair.exchange.cut |= {"customs.kz", "customs.uz"}
    kz.agreeing.offer(OPERATOR, talks.text())

    assert uz.carrying.take(OPERATOR, kz.carrying.hand_out(ID, 1)) == (ID, 1)
    talks.countersign()
    kz.carrying.take(OPERATOR, uz.carrying.hand_out(ID, 1))
    uz.carrying.take(OPERATOR, kz.carrying.hand_out(ID, 1))
    assert talks.states() == ("active", "active")

    talks.pair.exchange.cut.clear()
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.acts("kz") == talks.acts("uz")
    assert len(talks.acts("kz")) == 3
    assert talks.told("kz", "agreement.refused-act") == []


def test_a_file_for_another_node_is_not_taken(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    file = talks.pair.kz.carrying.hand_out(ID, 1)

    with pytest.raises(Exception, match="RecipientID"):
        talks.pair.kz.carrying.take(OPERATOR, file)


def test_a_file_that_is_no_act_is_not_taken(talks: Talks) -> None:
    talks.agree()
    talks.pair.submit()
    with pytest.raises(UnknownRecordError):
        talks.pair.kz.carrying.hand_out(ID, 2)
    file = talks.pair.kz.carrying.hand_out(ID, 1).replace(b"SY-085", b"TM-010")

    with pytest.raises(NotPermittedError, match="DENY-NO-AGREEMENT"):
        talks.pair.uz.carrying.take(OPERATOR, file)


def test_what_the_partner_signed_outlives_what_led_to_no_record(talks: Talks) -> None:
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()
    with reading(talks.pair.uz.engine) as conn:
        (document,) = conn.execute(select(agreement_act.c.document_id)).scalars().all()
    talks.pair.later(days=60)

    talks.pair.uz.disposing.run()

    with reading(talks.pair.uz.engine) as conn:
        assert payloads.about(conn, str(document)).disposed_at is None
