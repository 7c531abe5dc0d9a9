from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from exchange_node.domain.errors import (
    DisposedRecordError,
    NotPermittedError,
    RoleError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.domain.retention import Kept
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.tables import alert_key, hit, inbox, manifest, manifest_key, payload
from tests.exchange.test_crossing import draft_of
from tests.exchange.test_quality import does_not_know
from tests.world import LIAISON, OPERATOR, POST, Pair, replaced

THREE_YEARS = 1095


def arrived(pair: Pair) -> int:
    """Return the number of a manifest that has come to Uzbekistan."""
    pair.submit()
    pair.run()
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return int(found["number"])


def captured(pair: Pair) -> list[str]:
    found = pair.uz.replaying.captures(OPERATOR)["captures"]
    return [str(one["direction"]) for one in reversed(found)]


def certificates(pair: Pair) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pair.uz.keeping.disposals(OPERATOR)["disposals"]
    return found


def means_of(pair: Pair, number: int) -> str:
    return str(pair.uz.enquiry.manifest(POST, number)["means"])


def shorten(pair: Pair, *, days: int) -> None:
    """Put a version of the agreement into force under which manifests are kept less long."""
    pair.agree_anew(lambda text: replaced(text, "max_days = 1095", f"max_days = {days}"))


def allow_no_hold(pair: Pair) -> None:
    """Put a version of the agreement into force under which nothing is kept longer."""
    pair.agree_anew(lambda text: replaced(text, "legal_hold = true\n", ""))


def bytes_held(pair: Pair, like: str) -> int:
    with reading(pair.uz.engine) as conn:
        return conn.execute(
            select(func.count()).where(
                payload.c.payload_id.like(like), payload.c.disposed_at.is_(None)
            )
        ).scalar_one()


def test_a_manifest_is_gone_when_its_retention_ends_and_the_certificate_proves_it(
    pair: Pair,
) -> None:
    number = arrived(pair)
    pair.later(days=THREE_YEARS, seconds=-1)
    assert pair.uz.disposing.run() == 0
    pair.clock.forward(seconds=1)

    gone = pair.uz.disposing.run()

    (certificate,) = certificates(pair)
    assert gone == 1
    assert (certificate["record"], certificate["partner"]) == (number, "customs.kz")
    assert certificate["clause"] == "sample text, article 7: information in advance"
    assert certificate["retention_ended"] == certificate["disposed_at"]
    whole = pair.uz.keeping.certificate(OPERATOR, int(str(certificate["certificate"])))
    with reading(pair.uz.engine) as conn:
        (line,) = [
            one for one in audit.search(conn, limit=99) if one.action == "retention.disposed"
        ]
    assert whole["audit_record"] == line.number
    assert line.facts["digest"] == certificate["document_digest"]


def test_nothing_of_the_content_stays(pair: Pair) -> None:
    number = arrived(pair)
    pair.later(days=THREE_YEARS)

    pair.uz.disposing.run()

    assert bytes_held(pair, "manifest/received/%") == 0
    assert bytes_held(pair, "inbox/customs.kz/%") == 0
    with reading(pair.uz.engine) as conn:
        assert conn.execute(select(func.count()).select_from(manifest_key)).scalar_one() == 0
        row = conn.execute(select(manifest).where(manifest.c.number == number)).one()
    assert (row.means, row.equipment, row.seals, row.offices) == ([], [], [], [])
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []
    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.manifest(POST, number)


def test_what_was_disposed_of_is_not_disposed_of_again(pair: Pair) -> None:
    arrived(pair)
    pair.later(days=THREE_YEARS)

    assert [pair.uz.disposing.run() for _ in range(3)] == [1, 0, 0]
    assert len(certificates(pair)) == 1


def test_our_own_declarations_are_not_touched(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()
    pair.later(days=THREE_YEARS)

    pair.kz.disposing.run()

    assert pair.state_of(submission) == "accepted"
    with reading(pair.kz.engine) as conn:
        kept = (
            conn.execute(select(payload.c.payload_id).where(payload.c.disposed_at.is_(None)))
            .scalars()
            .all()
        )
    assert {one.partition("/")[0] for one in kept} >= {"manifest", "outbox", "submission"}


def test_a_legal_hold_keeps_it_until_it_is_lifted(pair: Pair) -> None:
    number = arrived(pair)
    movement = pair.uz.enquiry.manifest(POST, number)["movement"]
    held = pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    pair.later(days=THREE_YEARS)

    assert pair.uz.disposing.run() == 0
    assert pair.uz.enquiry.manifest(LIAISON, number)["movement"] == movement
    with pytest.raises(UnknownRecordError):  # it is there for proceedings alone
        pair.uz.enquiry.manifest(POST, number)

    pair.uz.keeping.lift(LIAISON, held["number"], why="case closed")

    assert pair.uz.disposing.run() == 1
    assert pair.uz.keeping.holds(OPERATOR) == {"holds": []}
    (lifted,) = pair.uz.keeping.holds(OPERATOR, lifted=True)["holds"]
    assert (lifted["lifted_by"], lifted["why"]) == (LIAISON.name, "court order 4/26")


def test_a_hold_on_what_is_not_held_is_refused(pair: Pair) -> None:
    with pytest.raises(UnknownRecordError, match="received manifest"):
        pair.uz.keeping.place(LIAISON, Kept.MANIFEST, "KZ/mrn/nothing", why="a typing error")
    with pytest.raises(UnknownRecordError):
        pair.uz.keeping.lift(LIAISON, 4, why="there is none")
    with pytest.raises(RoleError):
        pair.uz.keeping.place(POST, Kept.MANIFEST, "KZ/mrn/x", why="a post may not")


def test_a_hold_that_the_agreement_does_not_allow_is_refused_with_its_clause(pair: Pair) -> None:
    pair.clock.forward(days=1)
    allow_no_hold(pair)
    movement = pair.uz.enquiry.manifest(POST, arrived(pair))["movement"]

    with pytest.raises(NotPermittedError, match=r"DENY-KEEP-LONGER.*ask customs\.kz"):
        pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")


def test_a_later_version_that_is_stricter_ends_what_came_before_it(pair: Pair) -> None:
    arrived(pair)
    pair.later(days=40)
    assert pair.uz.disposing.run() == 0
    shorten(pair, days=30)
    pair.clock.forward(hours=1)

    assert pair.uz.disposing.run() == 1
    (certificate,) = certificates(pair)
    assert str(certificate["retention_ended"])[:10] == "2026-04-01"


def test_an_alert_goes_with_its_keys_and_the_values_of_its_hits(pair: Pair) -> None:
    number = arrived(pair)
    drafted = pair.kz.alerting.draft(LIAISON, draft_of(pair, means_of(pair, number)))
    pair.kz.alerting.send(
        LIAISON, str(drafted["alert_id"]), to=["customs.uz"], purpose="RISK_ANALYSIS"
    )
    pair.run()
    subject = f"customs.kz/{drafted['alert_id']}"
    (seen,) = pair.uz.enquiry.alerts(LIAISON)["alerts"]
    pair.later(days=THREE_YEARS - 1)  # the manifest is to outlive the alert

    assert pair.uz.disposing.run() == 1

    (certificate,) = certificates(pair)
    assert (certificate["kind"], certificate["subject"]) == ("alert", subject)
    assert str(certificate["retention_ended"]) == seen["delete_after"]
    with reading(pair.uz.engine) as conn:
        assert conn.execute(select(func.count()).select_from(alert_key)).scalar_one() == 0
        reasons = conn.execute(select(hit.c.reasons)).scalars().all()
    matches = [match for one in reasons for match in one["matches"]]
    assert matches
    for one in matches:
        kept = {"criterion": one["criterion"], "score": one["score"]}
        assert one == dict.fromkeys(one, "") | kept
    shown = pair.uz.enquiry.manifest(POST, number)
    assert shown["channel"] == "red", "what was decided stays decided"
    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.alert(LIAISON, str(drafted["alert_id"]), issuer="customs.kz")


def test_a_later_hit_does_not_lower_a_channel_whose_alert_is_gone(pair: Pair) -> None:
    number = arrived(pair)
    plate = means_of(pair, number)
    grave = pair.kz.alerting.draft(LIAISON, draft_of(pair, plate))
    pair.kz.alerting.send(
        LIAISON, str(grave["alert_id"]), to=["customs.uz"], purpose="RISK_ANALYSIS"
    )
    pair.run()
    before = pair.uz.enquiry.manifest(POST, number)
    pair.later(days=THREE_YEARS - 1)
    pair.uz.disposing.run()
    light = pair.uz.alerting.draft(LIAISON, draft_of(pair, plate) | {"severity": 4})
    with transaction(pair.uz.engine) as conn:
        held = alerts.get(conn, "customs.uz", str(light["alert_id"]))
        pair.uz.alerting.holding.match_alert(conn, held, pair.clock())

    after = pair.uz.enquiry.manifest(POST, number)

    assert (before["channel"], after["channel"]) == ("red", "red")
    assert after["rule"] == before["rule"]
    assert set(before["reasons"]) <= set(after["reasons"])


def test_what_was_refused_is_kept_for_thirty_days_and_its_verdict_quotes_nothing(
    pair: Pair, tmp_path: Path
) -> None:
    does_not_know(pair, tmp_path, "uz", "KZ550101")
    pair.submit()
    pair.run()
    with reading(pair.uz.engine) as conn:
        (verdict,) = conn.execute(select(inbox.c.verdict).where(inbox.c.state == "refused")).one()
    assert "KZ550101" not in str(verdict)
    assert verdict["why"] == "CAREC-R113"

    pair.later(days=30, seconds=-1)
    pair.uz.disposing.run()
    assert bytes_held(pair, "inbox/customs.kz/%") == 1
    pair.clock.forward(hours=1)
    pair.uz.disposing.run()

    assert bytes_held(pair, "inbox/customs.kz/%") == 0


def test_a_hold_says_nothing_of_what_came_later_under_a_grant_that_allows_none(
    pair: Pair,
) -> None:
    movement = pair.uz.enquiry.manifest(POST, arrived(pair))["movement"]
    pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    pair.clock.forward(days=1)
    allow_no_hold(pair)
    pair.submit()
    pair.run()
    pair.later(days=THREE_YEARS)

    pair.uz.disposing.run()

    (certificate,) = certificates(pair)
    assert certificate["version"] == 2


def test_a_hold_needs_a_reason(pair: Pair) -> None:
    number = arrived(pair)
    movement = pair.uz.enquiry.manifest(POST, number)["movement"]

    for why in ("", "  ", "x" * 501):
        with pytest.raises(UnusableQueryError, match="want 1 to 500 characters"):
            pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why=why)
    assert pair.uz.keeping.holds(OPERATOR) == {"holds": []}


def test_a_look_at_what_is_gone_is_a_look(pair: Pair) -> None:
    number = arrived(pair)
    pair.later(days=THREE_YEARS)
    pair.uz.disposing.run()
    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.manifest(POST, number)

    with reading(pair.uz.engine) as conn:
        (last, *_) = audit.search(conn, limit=1)
    assert (last.action, last.subject_key) == ("look.manifest", str(number))


def test_an_alert_that_every_manifest_has_to_meet_passes_over_what_is_gone(pair: Pair) -> None:
    number = arrived(pair)
    plate = means_of(pair, number)
    pair.later(days=40)
    shorten(pair, days=30)
    pair.uz.disposing.run()
    by_words = draft_of(pair, plate) | {"subjects": [{"description": "machinery"}]}

    drafted = [pair.uz.alerting.draft(LIAISON, one) for one in (draft_of(pair, plate), by_words)]
    for one in drafted:
        pair.uz.alerting.send(
            LIAISON, str(one["alert_id"]), to=["customs.kz"], purpose="RISK_ANALYSIS"
        )

    hits = [pair.uz.enquiry.alert(LIAISON, str(one["alert_id"]))["hits"] for one in drafted]
    assert hits == [[], []]


def test_captures_of_the_message_go_too(pair: Pair) -> None:
    pair.uz.settings.pmodes_folder.mkdir(exist_ok=True)
    (pair.uz.settings.pmodes_folder / "customs.kz.toml").write_text(
        'partner = "customs.kz"\ncaptures = true\n', "utf-8"
    )
    pair.restart("uz")
    arrived(pair)
    assert captured(pair) == ["received", "answered", "sent", "got"]
    pair.later(days=THREE_YEARS)

    pair.uz.disposing.run()

    assert captured(pair) == ["sent", "got"], "our answer to it is a message of its own"
