"""What happened to a movement is erased when its day comes; its number and state stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import DisposedRecordError
from exchange_node.domain.movement import Control, Event, Report
from exchange_node.domain.retention import Kept
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair, pair_of_nodes, replaced

MRN = "26KZ55010100041703"
MOVEMENT = f"KZ/mrn/{MRN}"
OFFICES = {"kz": "KZ550302", "uz": "UZ270101"}
THREE_YEARS = 1095
STORY = (
    ("kz", Event.EXIT),
    ("uz", Event.ENTRY),
    ("uz", Event.ARRIVAL),
    ("uz", Event.CONFORM),
    ("kz", Event.DISCHARGE),
)


def tell(pair: Pair, *story: tuple[str, Event]) -> None:
    for name, event in story:
        pair.clock.forward(minutes=60)
        controls = (Control(result="A1"),) if event is Event.CONFORM else ()
        report = Report(movement=MRN, event=event, office=OFFICES[name], controls=controls)
        getattr(pair, name).movements.telling.tell(NATIONAL, report)
        pair.run()


def show(pair: Pair, name: str) -> dict[str, Any]:
    (one,) = getattr(pair, name).movements.timeline.show(POST, MRN)["movements"]
    return dict(one)


def lines(pair: Pair, name: str) -> list[audit.AuditRecord]:
    with reading(getattr(pair, name).engine) as conn:
        found = audit.search(conn, limit=200)
    return [one for one in found if one.action == "retention.movement"]


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        pair.run()
        yield pair


def test_a_movement_is_erased_with_its_manifest_and_says_so(pair: Pair) -> None:
    tell(pair, *STORY)
    assert show(pair, "uz")["erased"] is None
    pair.later(days=THREE_YEARS)

    pair.uz.disposing.run()

    one = show(pair, "uz")
    assert (one["movement"], one["state"], one["events"]) == (MOVEMENT, "discharged", [])
    (certificate,) = pair.uz.keeping.disposals(OPERATOR)["disposals"]
    assert one["erased"]["certificates"] == [certificate["certificate"]]
    assert one["erased"]["at"] == pair.clock().isoformat()
    assert one["erased"]["events"] >= 6
    (line,) = lines(pair, "uz")
    assert line.facts["events"] == str(one["erased"]["events"])
    assert pair.uz.disposing.run() == 0


def test_where_it_began_our_own_word_stays_and_the_partners_goes(pair: Pair) -> None:
    tell(pair, *STORY)
    pair.later(days=THREE_YEARS)

    pair.kz.disposing.run()

    one = show(pair, "kz")
    assert [told["event"] for told in one["events"]] == ["release", "exit", "discharge"]
    assert one["erased"]["events"] >= 3
    assert one["erased"]["certificates"] == []


def test_an_enquiry_that_is_open_keeps_what_happened(pair: Pair) -> None:
    tell(pair, ("kz", Event.EXIT), ("kz", Event.ENQUIRY))
    pair.later(days=THREE_YEARS)

    for name in ("kz", "uz"):
        getattr(pair, name).disposing.run()
        assert lines(pair, name) == []
    with pytest.raises(DisposedRecordError):  # the manifest went, what happened did not
        show(pair, "uz")
    report = Report(movement=MRN, event=Event.DISCHARGE, office=OFFICES["kz"])
    pair.kz.movements.telling.tell(NATIONAL, report)
    pair.kz.disposing.run()

    assert len(lines(pair, "kz")) == 1
    assert show(pair, "kz")["state"] == "discharged"


def test_a_legal_hold_keeps_the_movement_with_its_manifest(pair: Pair) -> None:
    tell(pair, *STORY)
    placed = pair.uz.keeping.place(LIAISON, Kept.MANIFEST, MOVEMENT, why="court order 4/26")
    pair.later(days=THREE_YEARS)

    pair.uz.disposing.run()
    assert lines(pair, "uz") == []
    pair.uz.keeping.lift(LIAISON, placed["number"], why="court order 9/29")
    pair.clock.forward(hours=1)
    pair.uz.disposing.run()

    assert show(pair, "uz")["erased"] is not None


def test_a_legal_hold_keeps_a_movement_that_began_here(pair: Pair) -> None:
    tell(pair, *STORY)
    placed = pair.kz.keeping.place(LIAISON, Kept.MANIFEST, MOVEMENT, why="court order 4/26")
    assert placed["records"] == 1
    pair.later(days=THREE_YEARS)

    pair.kz.disposing.run()
    assert show(pair, "kz")["erased"] is None
    pair.kz.keeping.lift(LIAISON, placed["number"], why="court order 9/29")
    pair.clock.forward(hours=1)
    pair.kz.disposing.run()

    assert show(pair, "kz")["erased"] is not None


def test_a_retention_that_was_shortened_shortens_that_of_the_movement(pair: Pair) -> None:
    tell(pair, *STORY)
    pair.agree_anew(lambda text: replaced(text, "max_days = 1095", "max_days = 30"))
    pair.later(days=40)

    pair.uz.disposing.run()

    assert show(pair, "uz")["erased"]["certificates"] != []
