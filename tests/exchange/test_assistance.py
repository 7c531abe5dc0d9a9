from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from exchange_node.domain.agreement.clauses.assistance import RequestPart
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import (
    IllegalStepError,
    InvalidDocumentError,
    InvalidRequestError,
    NotPermittedError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.services.stations.assistance import shelf
from exchange_node.store import outbox, tables
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases
from tests.exchange.assisting import DRAFT, Desks
from tests.world import LIAISON, OPERATOR, POST, pair_of_nodes

ASKED = """  "InterGov/ext:AssistanceRequest/**",
  "InterGov/ext:AssistanceReply/**",
]"""
ASKED_LESS = """  "InterGov/ext:AssistanceRequest/ext:FormCode",
  "InterGov/ext:AssistanceRequest/ext:UrgentIndicator",
  "InterGov/ext:AssistanceRequest/ext:LanguageID",
  "InterGov/ext:AssistanceReply/**",
]"""
PERSONAL = """  "InterGov/ext:AssistanceRequest/ext:FactsText",
  "InterGov/ext:AssistanceRequest/ext:Person/**",
"""


@pytest.fixture(name="desks")
def _desks(tmp_path: Path) -> Iterator[Desks]:
    with pair_of_nodes(tmp_path) as pair:
        desks = Desks(pair)
        desks.agree()
        yield desks


def test_a_request_is_asked_acknowledged_and_answered(desks: Desks) -> None:
    reference = desks.ask(urgent=True)
    assert desks.stages(reference) == ("requested", "requested")

    desks.reply(reference, Act.ACKNOWLEDGED, office="UZ270101")
    assert desks.stages(reference) == ("acknowledged", "acknowledged")
    desks.reply(reference, Act.INTERIM, text="the archive is in Termez")
    desks.reply(reference, Act.PARTIAL, text="the first of them")
    assert desks.stages(reference) == ("partly_answered", "partly_answered")
    desks.reply(
        reference, Act.COMPLETE, text="here " * 300,
        documents=[{"type_code": "380", "reference": "INV-1"}],
    )  # fmt: skip

    assert desks.stages(reference) == ("answered", "answered")
    papers = desks.seen("kz", reference)["papers"]
    assert [one["code"] for one in papers] == ["MA-010", "MA-011", "MA-013", "MA-014", "MA-014"]
    assert papers[-1]["says"]["text"] == "here " * 300
    assert desks.seen("uz", reference)["papers"][0]["says"]["facts"] == DRAFT["facts"]
    (told,) = desks.told("uz", "assistance.requested")
    assert told["urgent"] == "yes"
    assert told["via"] == "telephone of the liaison desk"
    assert len(desks.told("kz", "assistance.replied")) == 4


def test_a_request_without_an_obligatory_part_is_not_made(desks: Desks) -> None:
    for part in set(RequestPart) - {RequestPart.ADMINISTRATION}:  # that one the node knows itself
        key = {"declaration": "declarations"}.get(part.value, part.value)
        less = {name: value for name, value in DRAFT.items() if name != key}

        with pytest.raises(InvalidDocumentError) as caught:
            desks.pair.kz.assistance.request(
                LIAISON, less, to="customs.uz", purpose="INVESTIGATION"
            )

        (found,) = caught.value.findings
        assert (found.code, found.value) == ("CAREC-H001", part.value)
        assert found.pointer.startswith("InterGov/")


def test_a_request_that_lacks_a_part_is_refused_when_it_arrives(desks: Desks) -> None:
    reference = desks.send_request(declarations=())

    assert desks.stages(reference) == ("rejected", "-")
    (told,) = desks.told("kz", "message.rejected")
    assert "does not say declaration" in told["why"]
    assert all(one["stopped_at"] for one in desks.seen("kz", reference)["clocks"])


def test_a_grant_that_withholds_an_obligatory_part_is_named_as_the_fault(desks: Desks) -> None:
    desks.agree(
        (ASKED, ASKED_LESS),
        (PERSONAL, ""),
        version=2,
    )

    with pytest.raises(InvalidDocumentError) as caught:
        desks.ask()

    assert {one.code for one in caught.value.findings} == {"CAREC-A001"}
    assert "InterGov/ext:AssistanceRequest/ext:FactsText" in {
        one.pointer for one in caught.value.findings
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"language": "fr"}, InvalidDocumentError),
        ({"weather": "fine"}, InvalidRequestError),
        ({"facts": 7}, InvalidRequestError),
        ({"confirms": "nothing-said"}, InvalidDocumentError),
        ({"office": "no such office"}, InvalidDocumentError),
    ],
)
def test_a_draft_that_cannot_be_sent_leaves_nothing(
    desks: Desks, changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        desks.ask(**changes)

    assert desks.pair.kz.assistance_register.matters(LIAISON)["matters"] == []
    assert desks.pair.kz.enquiry.messages(OPERATOR)["messages"] == []


def test_no_agreement_on_assistance_no_request(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair, pytest.raises(NotPermittedError):
        Desks(pair).ask()


def test_it_is_refused_on_a_listed_ground_with_its_reason(desks: Desks) -> None:
    reference = desks.ask()

    with pytest.raises(InvalidDocumentError, match="trade_secret"):
        desks.reply(reference, Act.REFUSED, ground="trade_secret")
    with pytest.raises(InvalidDocumentError, match="needs a ground"):
        desks.reply(reference, Act.REFUSED)
    desks.reply(reference, Act.REFUSED, ground="burden", text="ten years of archives")

    assert desks.stages(reference) == ("refused", "refused")
    assert desks.seen("kz", reference)["ground"] == "burden"
    with pytest.raises(IllegalStepError, match="refused"):
        desks.reply(reference, Act.INTERIM)


def test_a_refusal_is_told_again_and_help_may_come_after_all(desks: Desks) -> None:
    reference = desks.ask()

    desks.reply(reference, Act.REFUSED, ground="burden")
    desks.reply(reference, Act.REFUSED, ground="own_law")
    assert desks.stages(reference) == ("refused", "refused")
    assert desks.seen("kz", reference)["ground"] == "own_law"

    desks.reply(reference, Act.COMPLETE, text="after all")
    assert desks.stages(reference) == ("answered", "answered")


def test_what_can_be_given_is_given_and_the_rest_refused(desks: Desks) -> None:
    reference = desks.ask()

    desks.reply(reference, Act.REMAINDER_REFUSED, ground="own_law", text="the invoice alone")

    assert desks.stages(reference) == ("answered", "answered")
    assert desks.seen("kz", reference)["ground"] == "own_law"


def test_it_is_postponed_for_as_long_as_agreed_and_then_goes_on(desks: Desks) -> None:
    reference = desks.ask()
    day = desks.pair.clock()

    with pytest.raises(InvalidDocumentError, match="40 days"):
        desks.reply(
            reference, Act.POSTPONED, ground="proceedings",
            until=(day + timedelta(days=41)).isoformat(),
        )  # fmt: skip
    until = day + timedelta(days=40)
    desks.reply(reference, Act.POSTPONED, ground="proceedings", until=until.isoformat())
    assert desks.stages(reference) == ("postponed", "postponed")

    desks.pair.clock.forward(days=40)
    desks.pair.run()
    assert desks.stages(reference) == ("acknowledged", "acknowledged")
    for name in ("kz", "uz"):
        assert [one["reference"] for one in desks.told(name, "assistance.resumed")] == [reference]


def test_a_reply_to_no_request_is_not_made_and_not_taken(desks: Desks) -> None:
    with pytest.raises(UnknownRecordError):
        desks.reply("customs.kz-2026-nothing", Act.ACKNOWLEDGED)
    reference = desks.ask()
    with reading(desks.pair.kz.engine) as conn:
        before = cases.get(conn, "customs.kz", reference)
    with desks.pair.kz.engine.begin() as conn:
        conn.execute(update(tables.outbox).values(conversation_id="another request"))

    desks.reply(reference, Act.ACKNOWLEDGED)

    assert before.message_id
    assert desks.stages(reference)[0] == "requested"
    (told,) = desks.told("uz", "message.rejected")
    assert reference in told["why"]


def test_the_same_paper_under_two_messages_is_one(desks: Desks) -> None:
    reference = desks.send_request()
    desks.send_request()
    assert [one["code"] for one in desks.seen("uz", reference)["papers"]] == ["MA-010"]
    desks.reply(reference, Act.ACKNOWLEDGED)

    assert [one["code"] for one in desks.seen("kz", reference)["papers"]] == ["MA-010", "MA-011"]
    assert desks.told("kz", "message.rejected") == []


def test_another_text_under_a_number_that_was_given_is_refused(desks: Desks) -> None:
    reference = desks.send_request()

    desks.send_request(facts="It was otherwise.", is_entered=False)

    (told,) = desks.told("kz", "message.rejected")
    assert "another text" in told["why"]
    assert desks.seen("uz", reference)["papers"][0]["says"]["facts"] == DRAFT["facts"]


def test_who_was_not_asked_cannot_answer(desks: Desks) -> None:
    reference = desks.ask()

    with pytest.raises(UnknownRecordError):
        desks.pair.kz.assistance.reply(LIAISON, reference, Act.ACKNOWLEDGED, {"language": "ru"})


def test_information_is_given_unasked(desks: Desks) -> None:
    told = desks.pair.uz.assistance.inform(
        LIAISON,
        {"language": "en", "matter": "drugs", "facts": "A lorry of Example Trade LLP left.",
         "persons": [{"name": "Example Trade LLP"}]},
        to="customs.kz",
        purpose="INVESTIGATION",
    )  # fmt: skip
    desks.pair.run()

    reference = str(told["reference"])
    assert desks.stages(reference) == ("informed", "informed")
    assert desks.seen("kz", reference)["papers"][0]["says"]["facts"].startswith("A lorry")
    assert len(desks.told("kz", "assistance.informed")) == 1


def test_nobody_but_a_liaison_officer_sees_the_register_and_each_look_is_logged(
    desks: Desks,
) -> None:
    reference = desks.ask()
    for actor in (POST, OPERATOR):
        with pytest.raises(RoleError):
            desks.pair.uz.assistance_register.matter(actor, reference)
        with pytest.raises(RoleError):
            desks.pair.uz.assistance_register.matters(actor)
        with pytest.raises(RoleError):
            desks.pair.uz.assistance.reply(actor, reference, Act.ACKNOWLEDGED, {"language": "ru"})

    desks.seen("uz", reference)

    lines = desks.pair.uz.enquiry.audit(OPERATOR)["audit"]
    looks = [
        (one["actor"], "refused" in one["facts"])
        for one in lines
        if one["action"] == "look.assistance" and one["subject_key"] == reference
    ]
    assert looks == [(LIAISON.name, False), (OPERATOR.name, True), (POST.name, True)]


def test_nothing_that_a_matter_says_stands_in_clear_in_the_database(desks: Desks) -> None:
    reference = desks.ask()
    desks.reply(reference, Act.COMPLETE, text="The invoice shows twice the value.")
    words = ("Example Trade", "half their value", "twice the value", "26KZ550302000000K6")

    for node in (desks.pair.kz, desks.pair.uz):
        with reading(node.engine) as conn:
            for table in ("assistance_case", "assistance_paper", "assistance_clock", "audit"):
                rows = conn.execute(select(tables.metadata.tables[table])).all()
                assert rows, table
                assert not any(word in str(row) for word in words for row in rows), table


def test_whether_a_request_is_open_can_be_asked(desks: Desks) -> None:
    reference = desks.ask()

    def is_open() -> list[bool]:
        found = []
        for node in (desks.pair.kz, desks.pair.uz):
            with reading(node.engine) as conn:
                found.append(cases.is_open(conn, "customs.kz", reference))
        return found

    assert is_open() == [True, True]
    desks.reply(reference, Act.NOTHING_FOUND)
    assert is_open() == [False, False]


def test_a_matter_has_so_many_papers_and_no_more(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = desks.ask()
    desks.reply(reference, Act.ACKNOWLEDGED, office="UZ270101")
    said = desks.pair.uz.assistance.reply(
        LIAISON, reference, Act.INTERIM, {"language": "ru", "text": "soon"}
    )
    monkeypatch.setattr(shelf, "MOST_PAPERS", 2)

    desks.pair.run()

    with reading(desks.pair.uz.engine) as conn:
        answer = outbox.get(conn, str(said["message_id"])).answer
    assert answer is not None
    assert [one.code for one in answer.findings] == ["CAREC-H024"]
    assert len(desks.seen("kz", reference)["papers"]) == 2
    with pytest.raises(InvalidDocumentError, match="as many as it may have"):
        desks.reply(reference, Act.COMPLETE, text="here")
