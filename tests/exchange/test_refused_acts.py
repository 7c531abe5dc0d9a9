"""What a partner's node would never have sent: each is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.countersigning.acts import Act, AgreementAct, Signature
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.policy.text.reading import read_agreement
from tests.exchange.agreeing import ID, Talks
from tests.world import OPERATOR, pair_of_nodes


@pytest.fixture(name="talks")
def _talks(tmp_path: Path) -> Iterator[Talks]:
    with pair_of_nodes(tmp_path, is_agreed=False) as pair:
        yield Talks(pair)


def offered(talks: Talks) -> str:
    text = talks.text()
    talks.pair.kz.agreeing.offer(OPERATOR, text)
    talks.pair.run()
    return text


def signature_of(act: AgreementAct) -> Signature:
    assert act.signature is not None
    return act.signature


def test_a_signature_by_the_wrong_party_is_refused(talks: Talks) -> None:
    text = offered(talks)
    ours = talks.act("kz", Act.COUNTERSIGNED, text)
    theirs = talks.act("uz", Act.COUNTERSIGNED, text, signature=signature_of(ours))

    talks.send("uz", theirs)

    assert talks.refusals("uz")[0]["reason"] == "BROKEN_SIGNATURE"
    assert "not among the" in talks.told("kz", "agreement.refused-act")[0]["why"]
    assert talks.states() == ("offered", "offered")


def test_a_comma_that_was_changed_after_signing_is_refused(talks: Talks) -> None:
    text = talks.text()
    act = talks.act("kz", Act.OFFERED, text)
    changed = text.replace("Sample: KZ and UZ", "Sample: KZ, and UZ")
    assert changed != text

    talks.send("kz", replace(act, text=changed))
    (told,) = talks.refusals("kz")
    assert told["reason"] == "OTHER_TEXT"
    assert read_agreement(changed, "").digest[:12] in told["why"]

    renamed = replace(act, text=changed, digest=read_agreement(changed, "").digest, act_id="two")
    talks.send("kz", renamed)
    assert talks.refusals("kz")[1]["reason"] == "BROKEN_SIGNATURE"
    assert talks.states() == ("-", "-")


def test_a_countersignature_over_another_text_is_refused_with_both_named(talks: Talks) -> None:
    text = offered(talks)
    other = text.replace("Sample: KZ and UZ", "Sample: KZ, and UZ")

    talks.send("uz", talks.act("uz", Act.COUNTERSIGNED, other))

    (told,) = talks.refusals("uz")
    assert told["reason"] == "OTHER_TEXT"
    assert read_agreement(text, "").digest[:12] in told["why"]
    assert read_agreement(other, "").digest[:12] in told["why"]
    assert talks.states() == ("offered", "offered")


def test_a_version_that_is_not_held_is_refused_with_both_named(talks: Talks) -> None:
    talks.agree()

    talks.send("uz", talks.act("uz", Act.COUNTERSIGNED, talks.text(3)))
    talks.send("uz", talks.act("uz", Act.SUSPENDED, talks.text(4), signature=None))

    assert {one["reason"] for one in talks.refusals("uz")} == {"UNKNOWN_VERSION"}
    assert all("version 1 (digest" in one["why"] for one in talks.refusals("uz"))
    assert talks.states() == ("active", "active")


def test_an_offer_of_a_version_that_is_held_with_another_text_is_refused(talks: Talks) -> None:
    text = offered(talks)
    other = text.replace("Sample: KZ and UZ", "Sample: KZ, and UZ")

    talks.send("uz", talks.act("uz", Act.OFFERED, other))
    assert talks.refusals("uz")[0]["reason"] == "OTHER_TEXT"
    with pytest.raises(InvalidAgreementError, match="held with another text"):
        talks.pair.uz.agreeing.offer(OPERATOR, other)


def test_an_offer_between_others_is_refused(talks: Talks) -> None:
    text = nodes.pair_agreement("UZ", "TJ", on=talks.pair.clock().date())

    talks.send("kz", talks.act("kz", Act.OFFERED, text))

    assert talks.refusals("kz")[0]["reason"] == "WRONG_PARTY"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format =", "shape ="),
        ("Declaration/ID", "Declaration/NoSuchThing"),
        ('node = "customs.uz"', 'node = "customs.tj"'),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(old: str, new: str, talks: Talks) -> None:
    text = talks.text()
    act = talks.act("kz", Act.OFFERED, text)

    talks.send("kz", replace(act, text=text.replace(old, new)))

    assert talks.refusals("kz")[0]["reason"] == "UNUSABLE_TEXT"
    assert talks.states() == ("-", "-")


def test_production_is_not_agreed_with_a_test_node(talks: Talks) -> None:
    text = talks.text().replace("test = true", "test = false")

    talks.send("kz", talks.act("kz", Act.OFFERED, text))

    assert talks.refusals("kz")[0]["reason"] == "TEST_MIX"


@pytest.mark.parametrize("act", [Act.COUNTERSIGNED, Act.CONFIRMED])
def test_consent_without_a_signature_is_refused(act: Act, talks: Talks) -> None:
    text = offered(talks)

    talks.send("uz", talks.act("uz", act, text, signature=None))

    assert talks.refusals("uz")[0]["reason"] == "BROKEN_SIGNATURE"


def test_what_nobody_does_at_its_stage_is_refused(talks: Talks) -> None:
    text = offered(talks)

    talks.send("uz", talks.act("uz", Act.SUSPENDED, text, signature=None))
    talks.send("kz", talks.act("kz", Act.COUNTERSIGNED, text))

    assert talks.refusals("uz")[0]["reason"] == "NOT_IN_ORDER"
    assert talks.refusals("kz")[0]["reason"] == "NOT_IN_ORDER"
    assert talks.states() == ("offered", "offered")


def test_a_grant_that_the_version_has_not_is_refused(talks: Talks) -> None:
    talks.agree()
    text = talks.text()

    unknown = talks.act("uz", Act.GRANTS_SUSPENDED, text, signature=None, grants=("gossip",))
    talks.send("uz", unknown)
    talks.send("uz", replace(unknown, grants=(), act_id="none"))

    assert [one["reason"] for one in talks.refusals("uz")] == ["UNKNOWN_GRANT"] * 2
    with pytest.raises(InvalidAgreementError, match="gossip"):
        talks.pair.uz.agreeing.suspend(OPERATOR, ID, 1, why="talks", grants=["gossip"])


def test_a_refusal_of_what_is_unknown_is_not_answered(talks: Talks) -> None:
    talks.send("uz", talks.act("uz", Act.REFUSED, talks.text(), signature=None, reason="DECLINED"))

    assert [one["reason"] for one in talks.refusals("kz")] == ["DECLINED"]
    assert talks.transmissions("kz") == {}


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_an_hour_off_hinders_nothing(hours: int, talks: Talks) -> None:
    talks.agree()
    text = talks.text()
    at = talks.pair.clock() + timedelta(hours=hours)

    talks.send("uz", talks.act("uz", Act.SUSPENDED, text, signature=None, at=at))

    assert talks.gate("kz")[0] == "suspended"  # at once, whatever moment it names


def test_a_clock_three_hours_ahead_is_refused(talks: Talks) -> None:
    text = offered(talks)
    act = talks.act("uz", Act.COUNTERSIGNED, text)
    ahead = talks.pair.clock() + timedelta(hours=3)

    talks.send("uz", replace(act, at=ahead))
    signed = replace(signature_of(act), at=ahead)
    talks.send("uz", replace(act, signature=signed, act_id="two"))

    assert [one["reason"] for one in talks.refusals("uz")] == ["CLOCK"] * 2
    assert talks.states() == ("offered", "offered")


def test_an_agreement_ends_with_its_last_day_in_utc(talks: Talks) -> None:
    talks.agree()
    last = read_agreement(talks.text(), "").expires_on
    days = (last - talks.pair.clock().date()).days
    talks.pair.clock.forward(days=days, hours=15, minutes=59)  # 23:59 UTC, the next day in Almaty
    assert talks.states() == ("active", "active")

    talks.pair.clock.forward(minutes=1)
    assert talks.states() == ("expired", "expired")


def test_what_has_ended_is_not_countersigned_any_more(talks: Talks) -> None:
    text = offered(talks)
    last = read_agreement(text, "").expires_on
    days = (last - talks.pair.clock().date()).days
    talks.pair.clock.forward(days=days, hours=15, minutes=59)
    digest = str(talks.standing("uz")["digest"])
    talks.pair.clock.forward(minutes=1)

    with pytest.raises(InvalidAgreementError, match=r"its last day was .*\(UTC\)"):
        talks.pair.uz.agreeing.countersign(OPERATOR, ID, 1, digest=digest)
    talks.send("uz", talks.act("uz", Act.COUNTERSIGNED, text))

    assert talks.refusals("uz")[0]["reason"] == "EXPIRED"
    assert talks.states() == ("expired", "expired")


def test_the_same_act_told_twice_is_one(talks: Talks) -> None:
    talks.agree()
    act = talks.act("uz", Act.SUSPENDED, talks.text(), signature=None)

    talks.send("uz", act)
    talks.send("uz", act)

    assert talks.acts("kz").count(("customs.uz", "suspended")) == 1
    assert talks.told("kz", "agreement.refused-act") == []
