"""What an office's own node pulled is looked up there, as the manifests are at Uzbekistan's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.domain.errors import RoleError, UnknownRecordError
from exchange_node.domain.movement import Event
from exchange_node.domain.retention import Kept
from exchange_node.node import Node, printing, scanning
from exchange_node.store import audit, payloads
from exchange_node.store.channels import entries
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import manifest, payload_chunk, pulled_entry, pulled_key
from exchange_node.web.api import api_application
from tests.exchange.corridor import Corridor
from tests.exchange.test_offices_that_pull import (
    ASIDE,
    ENTRY,
    MOVEMENT,
    MRN,
    files,
    posts,
    told,
)
from tests.world import FACTS, LIAISON, OPERATOR, POST

OFFICE = "UZ270101"
SEAL = "KZS0041702"
KEYS = ("office", "plate", "container", "mrn", "seal")


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Corridor]:
    with posts(tmp_path) as world:
        files(world)
        world.run()
        yield world


def office(world: Corridor) -> Node:
    return world.nodes[ENTRY]


def found(node: Node, **keys: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as `prearrival` has them
    return list(node.enquiry.prearrival(POST, **keys)["arrivals"])


def known(world: Corridor) -> dict[str, str]:
    """Return what an officer may type, as the manifest has it at Uzbekistan's node."""
    (one,) = found(world.nodes["uz"])
    values = (OFFICE, one["means"], one["equipment"][0], MRN, one["customs_seals"][0])
    return dict(zip(KEYS, values, strict=True))


def without_reasons(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line without what stays at Uzbekistan's node, and without what is the office's."""
    theirs = {"rule", "reasons", "measures", "ruling", "stated_at"}
    return {name: value for name, value in view.items() if name not in theirs}


@pytest.mark.parametrize("key", KEYS)
def test_the_office_finds_by_every_key_what_its_administration_finds(
    world: Corridor, key: str
) -> None:
    asked = {key: known(world)[key]}

    (here,), (there,) = found(office(world), **asked), found(world.nodes["uz"], **asked)

    assert without_reasons(here) == without_reasons(there)
    assert here["channel"] == "green"
    assert found(office(world), **{key: "XX000000"}) == []


def test_every_key_that_is_given_has_to_fit_and_the_moment_too(world: Corridor) -> None:
    node, asked = office(world), known(world)
    (one,) = found(node, **asked)
    begin = world.clock() + timedelta(days=20)

    assert found(node, **(asked | {"seal": asked["plate"]})) == []
    late = node.enquiry.prearrival(POST, mrn=MRN, begin=begin, end=begin + timedelta(days=1))
    assert late["arrivals"] == []
    assert node.enquiry.prearrival(POST, mrn=MRN, after=str(one["number"]))["arrivals"] == []


def test_who_is_coming_is_told_as_at_the_administration_and_when_that_was_stated(
    world: Corridor,
) -> None:
    here = office(world).enquiry.expected(POST, office=OFFICE)
    there = world.nodes["uz"].enquiry.expected(POST, office=OFFICE)
    assert here.view is not None
    assert there.view is not None

    (mine,), (theirs,) = here.view["expected"], there.view["expected"]

    assert without_reasons(mine) == without_reasons(theirs)
    assert mine["stated_at"] == world.clock().isoformat()
    again = office(world).enquiry.expected(POST, office=OFFICE, known={here.tag})
    assert (again.tag, again.view) == (here.tag, None)
    assert office(world).enquiry.expected(POST, office="UZ100101").view == {
        "expected": [], "not_covered": 0, "next": None, "as_of": world.clock().isoformat(),
    }  # fmt: skip


def test_how_old_the_whole_is_shows_while_the_line_is_down_and_changes_no_page(
    world: Corridor,
) -> None:
    before = world.clock().isoformat()
    first = office(world).enquiry.expected(POST, office=OFFICE)
    world.exchange.cut.add("customs.uz")
    world.clock.forward(hours=2)
    world.walk(ENTRY)

    there = office(world).enquiry.prearrival(POST, mrn=MRN)
    page = office(world).enquiry.expected(POST, office=OFFICE)
    assert page.view is not None
    assert (there["as_of"], page.view["as_of"], page.tag) == (before, before, first.tag)

    world.exchange.cut.clear()
    world.clock.forward(hours=2)
    world.walk(ENTRY)
    after = office(world).enquiry.scanned(POST, mrn=MRN, digest=digest(world))
    assert after["as_of"] == world.clock().isoformat()
    assert "as_of" not in world.nodes["uz"].enquiry.prearrival(POST, mrn=MRN)


@pytest.mark.parametrize(
    ("event", "at", "ground"),
    [(Event.ENTRY, OFFICE, ""), (Event.REFUSAL, OFFICE, "2"), (Event.ARRIVAL, "UZ260103", "")],
)
def test_who_was_seen_at_the_office_or_has_arrived_is_expected_no_more_and_found_still(
    world: Corridor, event: Event, at: str, ground: str
) -> None:
    if event is Event.ARRIVAL:
        world.tell("uz", Event.ENTRY, "UZ270102")
    world.tell("uz", event, at, ground=ground)
    world.clock.forward(minutes=1)
    world.run()

    for name in ("uz", ENTRY):
        page = world.nodes[name].enquiry.expected(POST, office=OFFICE)
        assert page.view is not None
        assert page.view["expected"] == []
    (one,) = found(office(world), mrn=MRN)
    assert office(world).enquiry.manifest(POST, one["number"])["manifest"]["passed"] is True
    assert told(world, ENTRY) == [("office.expected", MOVEMENT)] * 2


def test_one_is_shown_with_what_the_office_was_told_of_it(world: Corridor) -> None:
    (one,) = found(office(world), mrn=MRN)

    shown = office(world).enquiry.manifest(POST, one["number"])

    goods = world.nodes["uz"].enquiry.manifest(POST, one["number"])["manifest"]["consignments"]
    told_of = shown["manifest"]["consignments"]
    assert [item[0] for each in told_of for item in each["items"]] == [
        item["commodity_code"] for each in goods for item in each["items"]
    ]
    assert (shown["attachments"], shown["hidden"]["count"]) == ([], 0)
    with pytest.raises(UnknownRecordError):
        office(world).enquiry.manifest(POST, one["number"] + 1)
    with pytest.raises(UnknownRecordError):
        office(world).enquiry.attachment(POST, one["number"], 1)


def looks(node: Node) -> list[tuple[str, str, str]]:
    with reading(node.engine) as conn:
        lines = [one for one in audit.search(conn, limit=50) if one.action.startswith("look.")]
    return [(one.actor, one.action, one.movement) for one in reversed(lines)]


def test_each_look_leaves_a_line_at_the_office_and_the_gate_is_asked(world: Corridor) -> None:
    node = office(world)

    (one,) = found(node, mrn=MRN)
    node.enquiry.manifest(LIAISON, one["number"])
    with pytest.raises(RoleError):
        node.enquiry.prearrival(OPERATOR, mrn=MRN)
    other = node.enquiry.prearrival(POST, mrn=MRN, purpose="RISK_ANALYSIS")

    assert looks(node) == [
        (POST.name, "look.prearrival", ""),
        (POST.name, "look.prearrival", MOVEMENT),
        (LIAISON.name, "look.manifest", MOVEMENT),
        (OPERATOR.name, "look.prearrival", ""),
        (POST.name, "look.prearrival", ""),
    ]
    assert (other["arrivals"], other["not_covered"]) == ([], 1)


def digest(world: Corridor) -> str:
    """Return the digest of the document that stands at Uzbekistan's node."""
    with reading(world.nodes["uz"].engine) as conn:
        query = select(manifest.c.document_id).where(manifest.c.superseded_by.is_(None))
        return payloads.about(conn, conn.execute(query).scalar_one()).digest


def scanned(world: Corridor, of: str) -> str:
    return str(office(world).enquiry.scanned(POST, mrn=MRN, digest=of)["paper"])


def test_an_update_takes_the_place_of_what_was_told_and_the_older_paper_is_known(
    world: Corridor,
) -> None:
    first = digest(world)
    assert (scanned(world, first), scanned(world, "0" * 64)) == ("current", "other")

    world.clock.forward(minutes=5)
    world.submit("kz", "uz", facts=FACTS.read_text("utf-8").replace(SEAL, "KZS0041799"))
    world.run()
    world.clock.forward(minutes=1)
    world.run()

    (one,) = found(office(world), mrn=MRN)
    assert found(office(world), seal=SEAL) == []
    assert found(office(world), seal="KZS 0041799") == [one]
    assert (scanned(world, digest(world)), scanned(world, first)) == ("current", "superseded")


def test_the_code_of_a_paper_is_looked_up_by_the_number_it_claims(world: Corridor) -> None:
    paper = printing(world.nodes["uz"]).print(POST, MRN)

    seen = scanning(office(world)).code(POST, paper.code)

    assert (seen["paper"], seen["code"]["outcome"]) == ("current", "genuine")
    assert seen["code"]["relied_upon"]
    assert [one["movement"] for one in seen["arrivals"]] == [MOVEMENT]


def test_a_paper_of_who_sent_the_goods_is_believed_as_long_as_they_are_expected(
    world: Corridor,
) -> None:
    paper = printing(world.nodes["kz"]).print(POST, MRN)
    seen = scanning(office(world)).code(POST, paper.code)
    elsewhere = scanning(world.nodes[ASIDE]).code(POST, paper.code)

    assert (seen["code"]["outcome"], seen["paper"]) == ("genuine", "current")
    assert seen["code"]["relied_upon"]
    assert (elsewhere["code"]["outcome"], elsewhere["paper"]) == ("unknown signer", "unknown")
    assert elsewhere["arrivals"] == []


def test_whom_the_office_trusts_changes_with_the_card(world: Corridor) -> None:
    uz, node = world.nodes["uz"], office(world)
    code = printing(world.nodes["kz"]).print(POST, MRN).code
    lost = replace(uz.forwarding, seals={**uz.forwarding.seals, "customs.kz": ()})
    world.clock.forward(hours=1)

    assert lost.run() == 1
    assert lost.run() == 0
    while world.walk(ENTRY):
        pass

    assert scanning(node).code(POST, code)["code"]["outcome"] == "unknown signer"
    assert [one["number"] for one in found(node, mrn=MRN)] == [
        one["number"] for one in found(uz, mrn=MRN)
    ]


def test_the_doors_of_the_office_answer_and_change_nothing_where_nothing_has_changed(
    world: Corridor,
) -> None:
    node = office(world)
    token = node.access.new_token("gate 3", frozenset({Role.BORDER_POST}), days=1)
    client = TestClient(api_application(node))
    headers = {"Authorization": f"Bearer {token}"}

    first = client.get("/api/v1/expected", params={"office": OFFICE}, headers=headers)
    seen = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/v1/expected", params={"office": OFFICE}, headers=headers | seen)
    found = client.get("/api/v1/prearrival", params={"seal": SEAL}, headers=headers)
    number = found.json()["arrivals"][0]["number"]

    assert [one["movement"] for one in first.json()["expected"]] == [MOVEMENT]
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/api/v1/manifests/{number}", headers=headers).status_code == 200
    assert client.get("/api/v1/prearrival", params={"seal": SEAL}).status_code == 401


@pytest.mark.parametrize("path", ["expected", "prearrival", "scan"])
def test_how_old_it_is_is_told_although_nothing_has_changed(world: Corridor, path: str) -> None:
    node = office(world)
    token = node.access.new_token("gate 3", frozenset({Role.BORDER_POST}), days=1)
    client = TestClient(api_application(node), headers={"Authorization": f"Bearer {token}"})
    asked = {
        "expected": {"office": OFFICE},
        "prearrival": {"mrn": MRN},
        "scan": {"mrn": MRN, "digest": digest(world)},
    }[path]
    first = client.get(f"/api/v1/{path}", params=asked)
    world.clock.forward(minutes=30)
    world.walk(ENTRY)

    seen = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/api/v1/{path}", params=asked, headers=seen)

    assert first.headers["As-Of"] == first.json()["as_of"] < world.clock().isoformat()
    assert (again.status_code, again.headers["As-Of"]) == (304, world.clock().isoformat())


def nothing_is_left(node: Node) -> bool:
    """Whether neither the words of an entry nor the message that brought them are held."""
    with reading(node.engine) as conn:
        held = set(conn.execute(select(payload_chunk.c.payload_id)).scalars())
        brought = set(conn.execute(select(pulled_entry.c.message_id)).scalars())
    gone = {one for one in held if one.startswith("entry/")} | {
        one for one in held if any(it in one for it in brought)
    }
    return not gone


def test_what_is_expected_no_longer_is_found_no_longer_and_its_words_are_gone(
    world: Corridor,
) -> None:
    world.clock.forward(days=30)
    world.run()
    world.clock.forward(minutes=1)
    world.run()

    assert told(world, ENTRY)[-1] == ("office.gone", MOVEMENT)
    assert found(office(world), mrn=MRN) == []
    with reading(office(world).engine) as conn:
        (row,) = conn.execute(select(pulled_entry)).all()
        kept = conn.execute(select(payload_chunk.c.payload_id)).scalars().all()
    assert (row.document_id, row.tag) == (None, "")
    assert not [one for one in kept if one.startswith("entry/")]


def ends_soon(world: Corridor) -> None:
    """Let the manifest have to be deleted in an hour, and the office be told."""
    with transaction(world.nodes["uz"].engine) as conn:
        ends = world.clock() + timedelta(hours=1)
        conn.execute(update(manifest).values(delete_after=ends))
    world.clock.forward(minutes=1)
    world.run()


def erased(world: Corridor) -> list[str]:
    with reading(office(world).engine) as conn:
        lines = audit.search(conn, limit=50)
    return [one.movement for one in lines if one.action == "retention.entry"]


def test_what_has_to_be_deleted_is_deleted_though_nobody_says_so_any_more(
    world: Corridor,
) -> None:
    ends_soon(world)
    assert len(found(office(world), mrn=MRN)) == 1

    world.clock.forward(minutes=61)
    assert found(office(world), mrn=MRN) == []
    world.walk(ENTRY)

    assert erased(world) == [MOVEMENT]
    with reading(office(world).engine) as conn:
        assert conn.execute(select(pulled_entry)).all() == []
        assert conn.execute(select(pulled_key)).all() == []
    assert nothing_is_left(office(world))


def test_a_legal_hold_keeps_the_words_until_it_is_lifted(world: Corridor) -> None:
    node = office(world)
    hold = node.keeping.place(LIAISON, Kept.MANIFEST, MOVEMENT, why="order 7 of the court")
    ends_soon(world)
    world.clock.forward(minutes=61)
    world.walk(ENTRY)
    assert erased(world) == []
    assert (hold["records"], len(found(node, mrn=MRN))) == (1, 0)
    assert len(node.enquiry.prearrival(LIAISON, mrn=MRN)["arrivals"]) == 1

    node.keeping.lift(LIAISON, hold["number"], why="order 8 of the court")
    world.walk(ENTRY)

    assert erased(world) == [MOVEMENT]
    with reading(node.engine) as conn:
        assert entries.of_movement(conn, MOVEMENT) == []


def test_a_hold_keeps_what_is_gone_and_nobody_finds_it(world: Corridor) -> None:
    node = office(world)
    node.keeping.place(LIAISON, Kept.MANIFEST, MOVEMENT, why="order 7 of the court")
    with transaction(world.nodes["uz"].engine) as conn:
        conn.execute(update(manifest).values(handling="secret"))
    world.clock.forward(minutes=1)
    world.run()

    assert told(world, ENTRY)[-1] == ("office.gone", MOVEMENT)
    assert node.enquiry.prearrival(LIAISON, mrn=MRN)["arrivals"] == []
    with reading(node.engine) as conn:
        (kept,) = entries.of_movement(conn, MOVEMENT)
    assert kept.gone_at == world.clock()


def test_no_word_of_an_entry_stands_in_the_clear(world: Corridor) -> None:
    asked = known(world)
    node = office(world)
    words = [asked[name].replace(" ", "") for name in ("plate", "container", "seal")]

    with reading(node.engine) as conn:
        rows = [*conn.execute(select(pulled_entry)), *conn.execute(select(pulled_key))]

    text = "".join(str(one) for one in rows).replace(" ", "")
    assert rows
    assert not [one for one in words if one in text]
