from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import NotPermittedError, RoleError, UnusableQueryError
from exchange_node.domain.movement import Event, Report
from exchange_node.rehearsal.traffic import Traffic, offices_in
from exchange_node.rehearsal.traffic.submitting import submit
from exchange_node.store import audit, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from tests.exchange.test_crossing import draft_of
from tests.world import LIAISON, NATIONAL, OFFICES, POST, Pair

MRN = "26KZ55010100041703"
HERE, NEXT = "UZ270101", "UZ260103"
DIGEST = "0" * 64


def looks(pair: Pair, action: str) -> list[audit.AuditRecord]:
    """Who has looked like this in Uzbekistan, the first first."""
    with reading(pair.uz.engine) as conn:
        found = [one for one in audit.search(conn, limit=200) if one.action == action]
    return found[::-1]


def crossed(pair: Pair) -> Pair:
    pair.submit()
    pair.run()
    return pair


def asked(pair: Pair, way: str, actor: Actor, purpose: str = "") -> None:
    if way == "scan":
        pair.uz.enquiry.scanned(actor, mrn=MRN, digest=DIGEST, purpose=purpose)
    else:
        pair.uz.enquiry.expected(actor, office=HERE, purpose=purpose)


def digest_of(pair: Pair) -> str:
    """The digest of the newest document that Uzbekistan holds."""
    with reading(pair.uz.engine) as conn:
        held = manifests.find(conn, limit=1)[0]
        return payloads.about(conn, held.document_id).digest


def test_who_is_coming_is_told_with_channel_and_what_is_missing(pair: Pair) -> None:
    crossed(pair)

    view = pair.uz.enquiry.expected(POST, office=HERE, limit=5).view

    assert view is not None
    (line,) = view["expected"]
    assert line["movement"] == f"KZ/mrn/{MRN}"
    assert line["due_at"] == "2026-03-03T13:00:00+00:00"
    assert (line["channel"], line["missing"], line["seals"]) == ("green", [], 2)
    assert line["received_at"] == pair.clock().isoformat()
    assert (view["next"], view["not_covered"]) == (None, 0)


def test_offices_are_asked_for_as_people_write_them(pair: Pair) -> None:
    crossed(pair)

    view = pair.uz.enquiry.expected(POST, office="uz 270101").view

    assert view is not None
    assert len(view["expected"]) == 1


def test_a_page_that_is_known_is_not_told_again_and_is_a_look_all_the_same(pair: Pair) -> None:
    crossed(pair)
    first = pair.uz.enquiry.expected(POST, office=HERE)
    pair.clock.forward(minutes=1)

    again = pair.uz.enquiry.expected(POST, office=HERE, known=("other", first.tag))

    assert (again.tag, again.view) == (first.tag, None)
    told = [(one.subject_key, one.facts.get("unchanged")) for one in looks(pair, "look.expected")]
    number = str(first.view["expected"][0]["number"]) if first.view else ""
    assert told == [("", None), (number, None), ("", "yes"), (number, None)]


def test_a_page_changes_when_an_alert_changes_a_channel(pair: Pair) -> None:
    crossed(pair)
    first = pair.uz.enquiry.expected(POST, office=HERE)
    assert first.view is not None
    means = first.view["expected"][0]["all_means"][0]
    alert = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, means))["alert_id"])
    pair.uz.alerting.send(LIAISON, alert, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()

    again = pair.uz.enquiry.expected(POST, office=HERE, known=(first.tag,))

    assert again.tag != first.tag
    assert again.view is not None
    assert again.view["expected"][0]["channel"] == "red"
    assert alert in str(again.view["expected"][0]["reasons"])


def test_what_is_held_too_closely_is_expected_by_nobody_who_may_not_know(pair: Pair) -> None:
    crossed(pair)
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'secret'"))

    view = pair.uz.enquiry.expected(POST, office=HERE).view
    scanned = pair.uz.enquiry.scanned(POST, mrn=MRN, digest=digest_of(pair))

    assert view == {"expected": [], "not_covered": 0, "next": None}
    assert (scanned["paper"], scanned["arrivals"]) == ("unknown", [])


@pytest.mark.parametrize("way", ["expected", "scan"])
def test_only_a_post_or_a_liaison_officer_asks_and_the_refusal_is_logged(
    pair: Pair, way: str
) -> None:
    with pytest.raises(RoleError):
        asked(pair, way, NATIONAL)

    assert [one.facts["refused"] for one in looks(pair, f"look.{way}")] == ["access.role"]


@pytest.mark.parametrize("way", ["expected", "scan"])
def test_nobody_looks_for_a_purpose_that_is_not_theirs(pair: Pair, way: str) -> None:
    clerk = Actor(
        name="clerk", roles=frozenset({Role.BORDER_POST}), purposes=frozenset({"RECOVERY"})
    )

    with pytest.raises(NotPermittedError):
        asked(pair, way, clerk, purpose="TRANSIT_CONTROL")


def test_a_purpose_that_covers_none_of_it_is_counted_and_shows_nothing(pair: Pair) -> None:
    crossed(pair)
    clerk = Actor(
        name="clerk", roles=frozenset({Role.BORDER_POST}), purposes=frozenset({"RECOVERY"})
    )

    view = pair.uz.enquiry.expected(clerk, office=HERE, purpose="RECOVERY").view
    scanned = pair.uz.enquiry.scanned(clerk, mrn=MRN, digest=digest_of(pair))

    assert view == {"expected": [], "not_covered": 1, "next": None}
    assert (scanned["paper"], scanned["not_covered"]) == ("unknown", 1)


def test_pages_follow_one_another_without_a_gap(pair: Pair) -> None:
    midnight = pair.clock().replace(hour=0)
    listed = offices_in(OFFICES.read_text(encoding="utf-8"))
    traffic = Traffic(seed=3, sender="KZ", recipient="UZ", offices=listed, begin=midnight)
    submit(pair.kz, NATIONAL, traffic, 8)
    pair.run()
    one_of_them = traffic.movement(1).destination
    wanted = [one for one in traffic.movements(8) if one.destination == one_of_them]
    wanted.sort(key=lambda one: one.expected_arrival)

    seen: list[str] = []
    after = ""
    while True:
        view = pair.uz.enquiry.expected(
            POST, office=one_of_them, end=midnight + timedelta(days=9), limit=2, after=after
        ).view
        assert view is not None
        seen += [one["movement"].rpartition("/")[2] for one in view["expected"]]
        if view["next"] is None:
            break
        after = view["next"]

    assert len(wanted) > 2
    assert seen == [one.mrn for one in wanted]


@pytest.mark.parametrize(
    "asked",
    [{"after": "5"}, {"after": "x.1"}, {"after": f"{'9' * 18}.1"}, {"after": "1.1.1"}],
)
def test_a_cursor_that_no_page_gave_is_refused(pair: Pair, asked: dict[str, str]) -> None:
    with pytest.raises(UnusableQueryError):
        pair.uz.enquiry.expected(POST, office=HERE, **asked)  # type: ignore[arg-type]  # any of its fields


def test_an_office_of_nothing_but_signs_is_refused(pair: Pair) -> None:
    with pytest.raises(UnusableQueryError):
        pair.uz.enquiry.expected(POST, office=" - ")


def test_a_moment_at_the_end_of_the_calendar_is_refused(pair: Pair) -> None:
    last = pair.clock().replace(year=9999, month=12, day=30)

    with pytest.raises(UnusableQueryError):
        pair.uz.enquiry.expected(POST, office=HERE, begin=last + timedelta(hours=1))


def test_a_paper_tells_of_what_is_held(pair: Pair) -> None:
    crossed(pair)

    scanned = pair.uz.enquiry.scanned(POST, mrn=MRN.lower(), digest=digest_of(pair).upper())

    assert scanned["paper"] == "current"
    assert [one["movement"] for one in scanned["arrivals"]] == [f"KZ/mrn/{MRN}"]
    question, answer = looks(pair, "look.scan")
    assert (question.facts["paper"], answer.movement) == ("current", f"KZ/mrn/{MRN}")


def test_a_paper_of_an_earlier_document_shows_the_one_that_counts(pair: Pair) -> None:
    crossed(pair)
    earlier = digest_of(pair)
    crossed(pair)

    scanned = pair.uz.enquiry.scanned(POST, mrn=MRN, digest=earlier)

    assert digest_of(pair) != earlier
    assert (scanned["paper"], len(scanned["arrivals"])) == ("superseded", 1)


def test_a_paper_that_no_document_stands_behind_is_told_apart(pair: Pair) -> None:
    crossed(pair)

    assert pair.uz.enquiry.scanned(POST, mrn=MRN, digest=DIGEST)["paper"] == "other"
    unknown = pair.uz.enquiry.scanned(POST, mrn="26KZ00000000000000", digest=DIGEST)
    assert (unknown["paper"], unknown["arrivals"]) == ("unknown", [])


@pytest.mark.parametrize("asked", [(" ", DIGEST), (MRN, "0" * 63), (MRN, "g" * 64), (MRN, "")])
def test_a_scan_that_is_none_is_refused(pair: Pair, asked: tuple[str, str]) -> None:
    mrn, digest = asked

    with pytest.raises(UnusableQueryError):
        pair.uz.enquiry.scanned(POST, mrn=mrn, digest=digest)


def test_a_seal_finds_its_manifest(pair: Pair) -> None:
    crossed(pair)

    (found,) = pair.uz.enquiry.prearrival(POST, seal="kzs-0041702")["arrivals"]

    assert found["movement"] == f"KZ/mrn/{MRN}"
    assert pair.uz.enquiry.prearrival(POST, seal="KZS0041709")["arrivals"] == []


def test_who_has_crossed_is_expected_at_the_next_office_alone(pair: Pair) -> None:
    crossed(pair)
    entered = Report(movement=MRN, event=Event.ENTRY, office=HERE)
    left = Report(movement=MRN, event=Event.EXIT, office="KZ550302")
    pair.kz.movements.telling.tell(NATIONAL, left)
    pair.run()
    assert listed(pair, HERE) == listed(pair, NEXT) == [f"KZ/mrn/{MRN}"]

    pair.uz.movements.telling.tell(NATIONAL, entered)

    assert (listed(pair, HERE), listed(pair, NEXT)) == ([], [f"KZ/mrn/{MRN}"])


def test_who_has_arrived_is_expected_nowhere(pair: Pair) -> None:
    crossed(pair)
    for event, office in ((Event.ENTRY, HERE), (Event.ARRIVAL, NEXT)):
        pair.uz.movements.telling.tell(NATIONAL, Report(movement=MRN, event=event, office=office))

    assert listed(pair, HERE) == listed(pair, NEXT) == listed(pair, "KZ550302") == []


def listed(pair: Pair, office: str) -> list[str]:
    """The movements that are expected at an office."""
    view = pair.uz.enquiry.expected(POST, office=office).view
    assert view is not None
    return [one["movement"] for one in view["expected"]]
