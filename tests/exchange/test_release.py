from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    OtherDocumentError,
    OwnWorkError,
    ReleaseNotNowError,
    RoleError,
)
from exchange_node.domain.message import AttachedFile
from tests.exchange.agreeing import ID
from tests.exchange.releasing import (
    EVERYTHING,
    ONE,
    TWO,
    approved,
    arrived,
    asking_for,
    only,
    third_version,
    told,
    values_in,
    waiting,
)
from tests.world import NATIONAL, OPERATOR, Pair, pair_of_nodes, permitting_attachments


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as made:
        yield made


@pytest.fixture
def asked(pair: Pair, request: pytest.FixtureRequest) -> Pair:
    pair.agree_anew(asking_for(getattr(request, "param", "two")))
    return pair


def test_a_manifest_waits_for_two_officers_and_arrives_as_they_saw_it(asked: Pair) -> None:
    submission = asked.submit()
    asked.run()
    shown = only(asked)
    waits = asked.kz.enquiry.submission(NATIONAL, submission)["release"]

    asked.kz.releasing.approve(ONE, shown["message_id"], digest=shown["digest"])
    asked.run()
    half = asked.state_of(submission)
    asked.kz.releasing.approve(TWO, shown["message_id"], digest=shown["digest"])
    asked.run()

    assert waits["missing"] == 2
    assert (half, asked.state_of(submission)) == ("waiting", "accepted")
    assert arrived(asked, shown["message_id"]) == shown["document"].encode()
    assert waiting(asked) == []
    assert told(asked) == ["release.waiting"]


@pytest.mark.parametrize("asked", ["one"], indirect=True)
def test_one_officer_is_enough_where_the_grant_asks_for_one(asked: Pair) -> None:
    submission = asked.submit()

    approved(asked, ONE)

    assert asked.state_of(submission) == "queued"


def test_without_approval_in_the_grant_nobody_is_asked(pair: Pair) -> None:
    submission = pair.submit()

    assert pair.state_of(submission) == "queued"
    assert waiting(pair) == []


def test_one_officer_does_not_count_twice(asked: Pair) -> None:
    submission = asked.submit()

    with pytest.raises(ReleaseNotNowError, match="approved by officer one already"):
        approved(asked, ONE, ONE)

    assert asked.state_of(submission) == "waiting"


def test_who_handed_a_declaration_in_does_not_let_it_go(asked: Pair) -> None:
    submission = asked.submit()

    with pytest.raises(OwnWorkError, match="national system had a hand"):
        approved(asked, Actor(name=NATIONAL.name, roles=EVERYTHING))

    assert asked.state_of(submission) == "waiting"


def test_an_approval_needs_the_role(asked: Pair) -> None:
    asked.submit()

    with pytest.raises(RoleError):
        approved(asked, Actor(name="desk", roles=EVERYTHING - {Role.RELEASER}))


def test_an_approval_of_another_document_counts_for_nothing(asked: Pair) -> None:
    asked.submit()
    message_id = only(asked)["message_id"]

    with pytest.raises(OtherDocumentError):
        asked.kz.releasing.approve(ONE, message_id, digest="0" * 64)

    assert only(asked)["missing"] == 2


def test_a_refusal_says_who_and_why_and_nothing_leaves(asked: Pair) -> None:
    submission = asked.submit()
    message_id = only(asked)["message_id"]

    asked.kz.releasing.refuse(ONE, message_id, why="the consignee is wrong")
    asked.run()

    view = asked.kz.enquiry.submission(NATIONAL, submission)
    assert view["state"] == "refused"
    assert view["findings"][-1]["code"] == "CAREC-A002"
    assert "officer one did not let the message go: the consignee is wrong" in str(view["findings"])
    assert told(asked) == ["release.waiting", "release.refused"]
    with pytest.raises(ReleaseNotNowError, match="is refused"):
        asked.kz.releasing.approve(TWO, message_id, digest="0" * 64)


def test_who_made_a_message_may_take_it_back(asked: Pair) -> None:
    submission = asked.submit()

    asked.kz.releasing.refuse(NATIONAL, only(asked)["message_id"], why="sent by mistake")

    assert asked.state_of(submission) == "refused"


def test_a_suspension_keeps_what_was_approved_until_it_ends(asked: Pair) -> None:
    submission = asked.submit()
    asked.kz.agreeing.suspend(OPERATOR, ID, 2, why="a leak")

    approved(asked, ONE, TWO)
    asked.run()
    stopped = waiting(asked)[0]["stopped"]
    asked.kz.agreeing.resume(OPERATOR, ID, 2)
    asked.run()

    assert "DENY-SUSPENDED" in stopped
    assert asked.state_of(submission) == "accepted"


def test_under_a_new_version_of_the_agreement_it_leaves_no_more(asked: Pair) -> None:
    submission = asked.submit()
    message_id = only(asked)["message_id"]
    third_version(asked)

    asked.run()

    view = asked.kz.enquiry.submission(NATIONAL, submission)
    assert view["state"] == "refused"
    assert "DENY-DIGEST-DIFFERS" in str(view["findings"])
    assert view["findings"][-1]["mend"].startswith("Submit it anew")
    assert told(asked) == ["release.waiting", "release.lapsed"]
    with pytest.raises(ReleaseNotNowError, match="is lapsed"):
        asked.kz.releasing.approve(ONE, message_id, digest="0" * 64)


def test_the_last_approval_asks_the_gate_itself(asked: Pair) -> None:
    submission = asked.submit()
    approved(asked, ONE)
    shown = only(asked)
    third_version(asked)

    after = asked.kz.releasing.approve(TWO, shown["message_id"], digest=shown["digest"])

    assert after["state"] == "lapsed"
    assert asked.state_of(submission) == "refused"


def test_what_nobody_lets_go_in_time_lapses_after_a_word_of_warning(asked: Pair) -> None:
    submission = asked.submit()
    asked.clock.forward(hours=60)
    asked.run()
    warned = told(asked)

    asked.clock.forward(hours=12)
    asked.run()

    assert warned == ["release.waiting", "release.due"]
    assert told(asked) == ["release.waiting", "release.due", "release.lapsed"]
    assert asked.state_of(submission) == "refused"


def test_a_release_late_in_its_time_is_still_fresh_for_the_partner(asked: Pair) -> None:
    submission = asked.submit()
    asked.clock.forward(hours=71)

    approved(asked, ONE, TWO)
    asked.run()

    assert asked.state_of(submission) == "accepted"


def test_files_wait_with_the_document_that_names_them(pair: Pair) -> None:
    pair.agree_anew(lambda text: permitting_attachments(asking_for("one")(text)))
    file = AttachedFile(
        name="invoice.pdf", mime_type="application/pdf", content=b"%PDF-1.7 invoice"
    )
    submission = pair.submit(files=[file])
    shown = only(pair)

    approved(pair, ONE)
    pair.run()

    assert [one["name"] for one in shown["files"]] == ["invoice.pdf"]
    assert pair.state_of(submission) == "accepted"


def test_a_restart_forgets_nothing_that_waits(asked: Pair) -> None:
    submission = asked.submit()
    approved(asked, ONE)

    asked.restart("kz")
    approved(asked, TWO)
    asked.run()

    assert asked.state_of(submission) == "accepted"


def test_every_look_is_in_the_access_log(asked: Pair) -> None:
    asked.submit()
    message_id = only(asked)["message_id"]

    lines = asked.kz.enquiry.audit(OPERATOR, limit=50)["audit"]

    assert ("look.release", "officer one", message_id) in {
        (one["action"], one["actor"], one["subject_key"]) for one in lines
    }


def test_the_table_has_a_line_for_every_value_that_leaves(asked: Pair) -> None:
    asked.submit()

    shown = only(asked)

    rows = shown["values"]
    assert len(rows) == len(values_in(shown["document"]))
    about = {one["path"]: one for one in rows}
    assert about["MetaData/ext:Exchange/purpose"]["value"] == "TRANSIT_CONTROL"
    assert any(one["meaning"] and one["wco_id"] for one in rows)


def test_the_same_key_handed_in_again_is_the_submission_that_waits(asked: Pair) -> None:
    first = asked.submit(idempotency_key="one")

    again = asked.submit(idempotency_key="one")

    assert again == first
    assert len(waiting(asked)) == 1
