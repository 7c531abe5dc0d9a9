from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import (
    NotPermittedError,
    RoleError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.domain.onward.asking import Ground, Outcome
from exchange_node.domain.onward.wanted import Use
from exchange_node.domain.retention import Kept
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.onward import requests
from exchange_node.store.records import manifests
from exchange_node.wco.document import read
from exchange_node.wco.movement_codec import under_function
from tests.exchange.furthering import ASKING, PHYTO, TAX, TEN_WORKING_DAYS, Further, onward
from tests.exchange.ordering import corrected, deleted, permitting_orders, records_of
from tests.exchange.test_correction_orders import BORDER, DEPARTURE
from tests.exchange.test_crossing import draft_of
from tests.exchange.test_hiding import hiding, send_whole
from tests.world import LIAISON, OPERATOR, POST, Pair, replaced

STANDING = f'to = ["{PHYTO}"]\nconsent = "standing"'


@pytest.fixture(name="further")
def _further(pair: Pair) -> Further:
    return Further(pair)


# ---------------------------------------------------------------- asked and answered


def test_what_is_asked_and_granted_may_be_exported_and_both_sides_know(further: Further) -> None:
    further.agree()
    request = further.ask()
    before = further.states(request), further.code()
    further.decide(request, conditions="not to be published")

    exported = further.export()

    assert before == (("asked", "asked"), "DENY-EXPORT-ONWARD-CONSENT")
    assert further.states(request) == ("granted", "granted")
    assert exported.cover["conditions"] == "not to be published"
    assert exported.cover["consent"] == request
    assert exported.cover["clause"] == "sample text, article 7: information in advance"
    assert further.audited("uz") == ["onward.asked", "onward.exported"]
    assert further.audited("kz") == ["onward.granted"]
    (asked,) = further.told("kz", "onward.asked")
    assert (asked["request"], asked["recipient"]) == (request, PHYTO)
    assert [one["state"] for one in further.told("uz", "onward.answered")] == ["granted"]


def test_silence_is_no_and_the_desk_sees_it(further: Further) -> None:
    further.agree()
    request = further.ask()
    further.pair.clock.forward(seconds=TEN_WORKING_DAYS.total_seconds() - 8 * 3600 - 1)
    waiting = further.states(request)
    further.pair.clock.forward(seconds=1)

    with pytest.raises(NotPermittedError, match="silence is no") as caught:
        further.export()

    assert waiting == ("asked", "asked")
    assert further.states(request) == ("refused by silence", "refused by silence")
    assert caught.value.facts["denial"] == "DENY-EXPORT-ONWARD-CONSENT"
    listed = further.pair.uz.consenting.register(LIAISON, direction="asked")["requests"]
    assert [one["state"] for one in listed] == ["refused by silence"]


def test_a_late_answer_counts_from_when_it_comes(further: Further) -> None:
    further.agree()
    request = further.ask()
    further.pair.clock.forward(days=20)
    silent = further.code()

    further.decide(request)

    assert silent == "DENY-EXPORT-ONWARD-CONSENT"
    assert further.state(request) == "granted"
    assert further.code() == "ALLOW"
    (answer,) = further.pair.uz.consenting.request(LIAISON, request)["answers"]
    assert answer["counts_from"] == further.pair.clock().isoformat()


def test_what_is_refused_goes_nowhere_and_says_why(further: Further) -> None:
    further.agree()
    request = further.ask()

    further.decide(request, Outcome.REFUSED, ground=Ground.OWN_LAW, conditions="by our tax code")

    with pytest.raises(NotPermittedError):
        further.export()
    shown = further.pair.uz.consenting.request(LIAISON, request)
    assert (shown["state"], shown["ground"]) == ("refused", "own_law")
    assert shown["answers"][0]["conditions"] == "by our tax code"
    assert shown["why"] == "plant health at the border"
    assert further.pair.uz.exporting.register(LIAISON)["exports"] == []


def test_a_consent_that_is_withdrawn_is_none_any_more(further: Further) -> None:
    further.agree()
    request = further.ask()
    further.decide(request)
    further.export()

    further.decide(request, Outcome.WITHDRAWN, ground=Ground.NO_SAFEGUARDS)

    assert further.states(request) == ("withdrawn", "withdrawn")
    assert further.code() == "DENY-EXPORT-ONWARD-CONSENT"
    assert len(further.pair.uz.exporting.register(LIAISON)["exports"]) == 1


def test_a_consent_ends_when_it_says(further: Further) -> None:
    further.agree()
    request = further.ask()
    until = further.pair.clock() + timedelta(days=3)
    further.decide(request, until=until)
    further.pair.clock.now = until - timedelta(seconds=1)
    before = further.code()
    further.pair.clock.now = until

    after = further.code()

    assert (before, after) == ("ALLOW", "DENY-EXPORT-ONWARD-CONSENT")
    assert further.states(request) == ("over", "over")


def test_consent_to_one_use_is_no_consent_to_another(further: Further) -> None:
    further.agree(f'to = ["{PHYTO}"]\ndefault = "consent"')
    further.decide(further.ask())

    found = {
        "asked for": further.code(),
        "another recipient": further.code(TAX),
        "another purpose": further.code(purpose="RECOVERY"),
        "as evidence": further.code(use=Use.CRIMINAL),
    }

    assert [one for one, code in found.items() if code == "ALLOW"] == ["asked for"]


def test_consent_for_one_document_on_a_movement_is_none_for_the_next(further: Further) -> None:
    further.agree()
    further.decide(further.ask())
    intended = replace(further.intended(), message_id="another@customs.kz")

    with pytest.raises(UnknownRecordError):
        further.pair.uz.exporting.preview(LIAISON, intended)


def test_evidence_is_exported_as_it_was_sealed(further: Further) -> None:
    further.agree(f'to = ["{PHYTO}"]')
    further.decide(further.ask("customs.uz", use=Use.JUDICIAL))

    made = further.export("customs.uz", use=Use.JUDICIAL)

    assert further.code("customs.uz", use=Use.ADMINISTRATIVE) == "ALLOW"
    assert (made.name, made.media_type) == ("manifest-1.xml", "application/xml")
    assert read(made.content).value("Declaration/ID")
    assert b"SignatureValue" in made.content
    assert made.cover["unverified"] is True


def test_for_work_goes_a_plain_view_without_a_seal(further: Further) -> None:
    further.agree(STANDING)

    made = further.export()

    fields = json.loads(made.content)["fields"]
    assert made.name == "manifest-1.json"
    assert any(one["pointer"] == "Declaration/ID" for one in fields)
    assert b"SignatureValue" not in made.content


def test_for_work_goes_what_was_corrected_and_beside_evidence_it_is_said(further: Further) -> None:
    further.pair.agree_anew(
        lambda text: permitting_orders(onward(text, STANDING + "\nnotify = false"))
    )
    further.arrive()
    order = corrected(further.pair, further.subject, {BORDER: "999ZZZ99", DEPARTURE: "999ZZZ99"})
    further.pair.run(rounds=12)

    work = json.loads(further.export().content)["fields"]
    evidence = further.export("customs.uz", use=Use.ADMINISTRATIVE)

    assert [one["value"] for one in work if one["pointer"] in (BORDER, DEPARTURE)] == [
        "999ZZZ99", "999ZZZ99",
    ]  # fmt: skip
    said = [(one["pointer"], one["new"], one["order"]) for one in evidence.cover["corrections"]]
    assert sorted(said) == [(BORDER, "999ZZZ99", order), (DEPARTURE, "999ZZZ99", order)]
    assert b"999ZZZ99" not in evidence.content


def test_a_certificate_names_those_that_a_deleted_record_was_handed_to(further: Further) -> None:
    further.pair.agree_anew(
        lambda text: permitting_orders(onward(text, STANDING + "\nnotify = false"))
    )
    further.arrive()
    further.export()
    further.export("customs.uz", use=Use.ADMINISTRATIVE)

    order = deleted(further.pair, further.subject)
    further.pair.run(rounds=12)

    (record,) = records_of(further.pair, order)
    assert (record["outcome"], record["handed_to"]) == ("done", [PHYTO])


def test_a_sealed_document_with_fields_that_are_hidden_is_no_evidence(further: Further) -> None:
    pair = further.pair
    further.arrive()
    with reading(pair.kz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
        whole = read(payloads.fetch(conn, held.document_id, pair.kz.enquiry.vault))
    pair.clock.forward(days=1)
    pair.agree_anew(lambda text: onward(hiding(text), STANDING + "\nnotify = false"))
    send_whole(pair, under_function(whole, "4"), code="TM-011")

    work = further.export()
    previewed = further.code("customs.uz", use=Use.ADMINISTRATIVE)
    with pytest.raises(NotPermittedError, match="hides") as caught:
        further.export("customs.uz", use=Use.ADMINISTRATIVE)

    assert previewed == caught.value.facts["denial"] == "DENY-EXPORT-HIDDEN"

    assert BORDER not in {one["pointer"] for one in json.loads(work.content)["fields"]}
    assert len(pair.uz.exporting.register(LIAISON)["exports"]) == 1


def test_what_may_not_be_known_of_is_answered_like_what_was_never_sent(further: Further) -> None:
    further.agree(STANDING)
    with transaction(further.pair.uz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'secret'"))

    with pytest.raises(UnknownRecordError) as there:
        further.code()
    known, further.subject = further.subject, "mrn:26KZ550302000000K6"
    with pytest.raises(UnknownRecordError) as nowhere:
        further.code()

    assert str(there.value).replace(known, further.subject) == str(nowhere.value)


# ---------------------------------------------------------------- told


def test_a_use_under_standing_consent_is_told(further: Further) -> None:
    further.agree(STANDING)

    made = further.export()

    (told,) = further.told("kz", "onward.told")
    assert (told["recipient"], told["use"]) == (PHYTO, "work")
    (known,) = further.pair.kz.consenting.register(LIAISON, direction="received")["requests"]
    assert (known["asks"], known["state"]) == ("notice", "told")
    (line,) = further.pair.uz.exporting.register(OPERATOR)["exports"]
    assert line["told_by"] == made.cover["told_by"] != ""


def test_where_the_supplier_does_not_want_to_know_nothing_is_told(further: Further) -> None:
    further.agree(STANDING + "\nnotify = false", asking="")

    made = further.export()

    assert made.cover["told_by"] == ""
    assert further.told("kz", "onward.told") == []


def test_where_it_cannot_be_told_nothing_is_exported(further: Further) -> None:
    further.agree(STANDING, asking="")

    with pytest.raises(NotPermittedError, match="MA-030 and MA-031") as caught:
        further.export()

    assert caught.value.facts["denial"] == further.code() == "DENY-EXPORT-NOTICE"
    assert further.pair.uz.exporting.register(LIAISON)["exports"] == []


def test_where_no_grant_names_the_messages_it_is_said_what_to_do(further: Further) -> None:
    further.agree(asking="")

    with pytest.raises(NotPermittedError, match="Agree on a version with a grant") as caught:
        further.ask()

    assert caught.value.facts["denial"] == "DENY-NO-GRANT"


def test_a_notice_is_not_answered(further: Further) -> None:
    further.agree(STANDING)
    further.export()
    (known,) = further.pair.kz.consenting.register(LIAISON)["requests"]

    with pytest.raises(UnusableQueryError, match="asks for nothing"):
        further.decide(str(known["request_id"]))


# ---------------------------------------------------------------- twice, out of order, wrong


def test_what_was_asked_is_not_asked_again(further: Further) -> None:
    further.agree()
    first = further.ask()

    assert further.ask() == first
    assert len(further.pair.kz.consenting.register(LIAISON)["requests"]) == 1


def test_after_a_refusal_it_may_be_asked_anew(further: Further) -> None:
    further.agree()
    first = further.ask()
    further.decide(first, Outcome.REFUSED, ground=Ground.BURDEN)

    second = further.ask()
    further.decide(second)

    assert second != first
    assert further.code() == "ALLOW"


def test_a_message_that_comes_twice_is_one_request(further: Further) -> None:
    further.agree()
    further.pair.exchange.lose_answers = True
    request = further.ask()
    further.pair.exchange.lose_answers = False
    further.pair.clock.forward(hours=1)
    further.pair.run()

    listed = further.pair.kz.consenting.register(LIAISON)["requests"]

    assert [one["request_id"] for one in listed] == [request]
    assert len(further.told("kz", "onward.asked")) == 1


def test_a_request_that_is_said_again_is_the_same_and_another_under_its_number_is_refused(
    further: Further,
) -> None:
    further.agree()
    request = further.ask()

    same = further.say_again(request)
    other = further.say_again(request, until=further.pair.clock() + timedelta(days=9))

    assert (same, other) == ("", "CAREC-F033")
    assert len(further.pair.kz.consenting.register(LIAISON)["requests"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"message_id": "never@customs.kz"}, "CAREC-F031"),
        ({"kind": Kept.ALERT}, "CAREC-F031"),
        ({"subject": "KZ/mrn/26KZ55010100041799"}, "CAREC-F031"),
        ({"message_id": ""}, "CAREC-F032"),
    ],
)
def test_nobody_asks_about_what_was_never_sent_to_them(
    further: Further, changes: dict[str, object], code: str
) -> None:
    further.agree()
    request = further.ask()
    with reading(further.pair.uz.engine) as conn:
        wanted = requests.get(conn, request).kept.request.wanted
    record = replace(wanted.record, **changes)  # type: ignore[arg-type]  # fields by their names

    said = further.say_again(request, request_id="r2", wanted=replace(wanted, record=record))

    assert said == code


def test_a_request_that_is_not_whole_is_refused_with_what_lacks(further: Further) -> None:
    further.agree()
    request = further.ask()

    assert further.say_again(request, request_id="r2", why="", due_at=None) == (
        "CAREC-F032, CAREC-F032"
    )


def test_only_a_consent_that_stands_can_be_withdrawn(further: Further) -> None:
    further.agree()
    request = further.ask()

    with pytest.raises(UnusableQueryError, match="nothing stands"):
        further.decide(request, Outcome.WITHDRAWN, ground=Ground.OTHER)
    with pytest.raises(UnusableQueryError, match="want one of"):
        further.decide(request, Outcome.REFUSED)
    with pytest.raises(UnusableQueryError, match="has none"):
        further.decide(request, ground=Ground.OTHER)
    further.decide(request)
    with pytest.raises(UnusableQueryError, match="can be withdrawn"):
        further.decide(request, Outcome.REFUSED, ground=Ground.OTHER)


def test_what_no_consent_would_open_is_not_asked(further: Further) -> None:
    further.agree()

    with pytest.raises(NotPermittedError) as caught:
        further.ask(TAX)

    assert caught.value.facts["denial"] == "DENY-EXPORT-RECIPIENT"


def test_what_needs_no_consent_is_not_asked(further: Further) -> None:
    further.agree(STANDING)

    with pytest.raises(UnusableQueryError, match="needs no consent"):
        further.ask()


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"to": "no code!"}, "recipient"), ({"purpose": "no purpose"}, "purpose")],
)
def test_what_is_no_code_is_not_asked(further: Further, changes: dict[str, str], what: str) -> None:
    further.agree()

    with pytest.raises(UnusableQueryError, match=what):
        further.ask(**changes)


def test_a_matter_of_assistance_is_no_record_to_be_furthered(further: Further) -> None:
    further.agree()
    intended = replace(further.intended(), kind=Kept.ASSISTANCE)

    with pytest.raises(UnusableQueryError, match="manifest, alert"):
        further.pair.uz.exporting.export(LIAISON, intended)


def test_a_use_that_is_over_before_it_begins_is_not_asked(further: Further) -> None:
    further.agree()

    with pytest.raises(UnusableQueryError, match="to come"):
        further.ask(until=further.pair.clock())
    with pytest.raises(UnusableQueryError, match="offset"):
        further.ask(until=further.pair.clock().replace(tzinfo=None))


def test_only_a_liaison_officer_asks_decides_and_exports(further: Further) -> None:
    further.agree()
    uz = further.pair.uz

    for forbidden in (
        lambda: uz.consenting.ask(POST, further.intended(), why="x"),
        lambda: uz.consenting.decide(POST, "r", Outcome.GRANTED),
        lambda: uz.consenting.register(POST),
        lambda: uz.exporting.preview(POST, further.intended()),
        lambda: uz.exporting.export(POST, further.intended()),
    ):
        with pytest.raises(RoleError):
            forbidden()


# ---------------------------------------------------------------- versions, suspension, the end


def test_a_later_version_that_is_stricter_stops_what_came_before(further: Further) -> None:
    further.agree(STANDING + "\nnotify = false")
    before = further.code()

    def stricter(text: str) -> str:
        return replaced(onward(text, f'to = ["{TAX}"]'), "version = 2", "version = 3")

    further.pair.agree_anew(stricter)

    assert (before, further.code()) == ("ALLOW", "DENY-EXPORT-RECIPIENT")


def test_while_the_agreement_is_suspended_nothing_is_handed_on(further: Further) -> None:
    further.agree(STANDING)
    further.pair.uz.agreeing.suspend(OPERATOR, "urn:carec:maa:KZ-UZ:rehearsal", 2, why="a breach")

    assert further.code() == "DENY-EXPORT-SUSPENDED"


def test_what_was_said_in_words_goes_with_the_record_and_the_register_stays(
    further: Further,
) -> None:
    further.agree()
    request = further.ask()
    further.decide(request, conditions="not to be published")
    further.pair.later(days=1095)
    further.pair.uz.disposing.run()
    further.pair.kz.disposing.run()

    shown = [
        getattr(further.pair, name).consenting.request(LIAISON, request) for name in ("uz", "kz")
    ]

    assert [one["why"] for one in shown] == [None, None]
    assert [one["answers"][0]["conditions"] for one in shown] == [None, None]
    assert [one["state"] for one in shown] == ["granted", "granted"]
    with pytest.raises(UnknownRecordError):
        further.export()


def test_what_was_said_in_words_stays_as_long_as_the_record(further: Further) -> None:
    further.agree()
    request = further.ask()
    further.decide(request, conditions="not to be published")
    further.pair.later(days=1000)
    for node in (further.pair.uz, further.pair.kz):
        node.disposing.run()

    shown = [
        getattr(further.pair, name).consenting.request(LIAISON, request) for name in ("uz", "kz")
    ]

    assert [one["why"] for one in shown] == ["plant health at the border"] * 2


# ---------------------------------------------------------------- alerts


def test_an_alert_is_asked_about_by_its_issuer_and_id(further: Further) -> None:
    pair = further.pair
    asking = ASKING

    def agreed(text: str) -> str:
        text = onward(text, f'to = ["{PHYTO}"]', asking=asking)
        clocks = "\n[grants.acknowledge_within_minutes]"
        return replaced(text, clocks, f'\n[grants.onward]\nto = ["{PHYTO}"]\n{clocks}')

    pair.agree_anew(agreed)
    draft = pair.kz.alerting.draft(LIAISON, draft_of(pair, "123ABC02"))
    pair.kz.alerting.send(
        LIAISON, str(draft["alert_id"]), to=["customs.uz"], purpose="RISK_ANALYSIS"
    )
    pair.run()
    intended = replace(
        further.intended(purpose="RISK_ANALYSIS"),
        kind=Kept.ALERT,
        subject=f"customs.kz/{draft['alert_id']}",
    )
    asked = pair.uz.consenting.ask(LIAISON, intended, why="plant health")
    pair.run()
    further.decide(str(asked["request_id"]))

    made = pair.uz.exporting.export(LIAISON, intended)

    assert (made.cover["kind"], made.cover["handling"]) == ("alert", "confidential")
