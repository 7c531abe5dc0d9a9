from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import (
    InvalidDocumentError,
    InvalidRequestError,
    NotPermittedError,
)
from exchange_node.services.assistance import deadlines
from exchange_node.store.database import transaction
from exchange_node.store.tables import assistance_case as table
from tests.exchange.assisting import Desks
from tests.world import LIAISON, pair_of_nodes

ORAL: dict[str, Any] = {
    "given_by": "liaison officer in Astana",
    "taken_by": "duty desk in Tashkent",
    "at": "2026-03-02T08:00:00+00:00",
    "summary": "Is lorry 123ABC02 of Example Trade LLP under watch?",
    "reference": "oral-1",
}


@pytest.fixture(name="desks")
def _desks(tmp_path: Path) -> Iterator[Desks]:
    with pair_of_nodes(tmp_path) as pair:
        desks = Desks(pair)
        desks.agree()
        yield desks


def overdue(desks: Desks, name: str) -> list[tuple[str, str]]:
    return [(one["clock"], one["owed_by"]) for one in desks.told(name, "assistance.overdue")]


def both_write_down(desks: Desks, **changes: object) -> None:
    plain = {**ORAL, **changes}
    desks.pair.kz.assistance.oral(
        LIAISON, plain, partner="customs.uz", purpose="INVESTIGATION", is_taken=False
    )
    desks.pair.uz.assistance.oral(
        LIAISON, plain, partner="customs.kz", purpose="INVESTIGATION", is_taken=True
    )


def test_each_clock_of_the_agreement_runs_out_once_on_either_side(desks: Desks) -> None:
    desks.ask()

    for days, clocks in (
        (1, ["acknowledge"]),
        (26, ["acknowledge"]),
        (1, ["acknowledge", "interim"]),
        (61, ["acknowledge", "interim"]),
        (1, ["acknowledge", "interim", "answer"]),
        (400, ["acknowledge", "interim", "answer"]),
    ):
        desks.pair.clock.forward(days=days)
        desks.pair.run()
        assert overdue(desks, "kz") == [(one, "partner") for one in clocks]
        assert overdue(desks, "uz") == [(one, "us") for one in clocks]


def test_a_clock_that_was_met_tells_nobody(desks: Desks) -> None:
    reference = desks.ask()
    desks.reply(reference, Act.ACKNOWLEDGED)
    desks.reply(reference, Act.INTERIM)
    desks.reply(reference, Act.COMPLETE, text="here")

    desks.pair.clock.forward(days=500)
    desks.pair.run()

    assert overdue(desks, "kz") == overdue(desks, "uz") == []


def test_the_figures_are_those_of_the_agreement(desks: Desks) -> None:
    desks.agree(
        ("acknowledge_days = 1\n", ""),
        ("interim_notice_days = 28\n", ""),
        ("response_days = 90", "response_days = 7"),
        version=2,
    )
    desks.ask()

    desks.pair.clock.forward(days=6)
    desks.pair.run()
    assert overdue(desks, "uz") == []
    desks.pair.clock.forward(days=1)
    desks.pair.run()
    assert overdue(desks, "uz") == [("answer", "us")]


def test_an_answer_is_due_no_earlier_than_its_postponement_ends(desks: Desks) -> None:
    reference = desks.ask()
    desks.pair.clock.forward(days=20)
    until = desks.pair.clock() + timedelta(days=90)
    desks.reply(reference, Act.POSTPONED, ground="investigation", until=until.isoformat())

    desks.pair.clock.forward(days=89)
    desks.pair.run()
    assert overdue(desks, "uz") == []
    desks.pair.clock.forward(days=1)
    desks.pair.run()
    assert overdue(desks, "uz") == [("answer", "us")]
    assert desks.stages(reference) == ("acknowledged", "acknowledged")


def test_two_machines_and_a_restart_tell_once(desks: Desks) -> None:
    desks.ask()
    desks.pair.clock.forward(days=1)
    walk = desks.pair.uz.deadlines

    with ThreadPoolExecutor(4) as hands:
        done = list(hands.map(lambda one: one.run(), [replace(walk) for _ in range(4)]))
    desks.pair.restart("uz")
    again = desks.pair.uz.deadlines.run()
    desks.pair.run()

    assert (sum(done), again) == (1, 0)
    assert overdue(desks, "uz") == [("acknowledge", "us")]


def test_a_matter_that_breaks_the_program_starves_none_behind_it(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "BATCH", 1)
    first = desks.ask()
    desks.ask()
    desks.pair.clock.forward(days=1)
    with transaction(desks.pair.uz.engine) as conn:
        conn.execute(update(table).where(table.c.reference == first).values(stage="nonsense"))

    assert desks.pair.uz.deadlines.run() == 1

    with transaction(desks.pair.uz.engine) as conn:
        conn.execute(update(table).where(table.c.reference == first).values(stage="requested"))
    assert [desks.pair.uz.deadlines.run() for _ in range(2)] == [1, 0]


def test_an_oral_request_is_confirmed_by_a_request_that_names_it(desks: Desks) -> None:
    both_write_down(desks)
    assert desks.stages("oral-1") == ("oral", "oral")
    desks.pair.clock.forward(hours=23)

    reference = desks.ask(confirms="oral-1")

    assert desks.stages("oral-1") == ("confirmed", "confirmed")
    assert desks.stages(reference) == ("requested", "requested")
    assert desks.seen("uz", "oral-1")["confirmed_by"] == reference
    assert desks.seen("uz", reference)["form"] == "oral"
    desks.pair.clock.forward(hours=2)
    desks.pair.run()
    assert desks.told("kz", "assistance.lapsed") == desks.told("uz", "assistance.lapsed") == []
    with pytest.raises(InvalidDocumentError, match="confirmed"):
        desks.ask(confirms="oral-1")


def test_an_oral_request_that_nobody_confirms_lapses_and_both_desks_are_told(desks: Desks) -> None:
    both_write_down(desks)
    desks.pair.clock.forward(hours=24)
    desks.pair.run()

    assert desks.stages("oral-1") == ("lapsed", "lapsed")
    for name in ("kz", "uz"):
        assert [one["reference"] for one in desks.told(name, "assistance.lapsed")] == ["oral-1"]
    with pytest.raises(InvalidDocumentError, match="lapsed"):
        desks.ask(confirms="oral-1")
    assert desks.stages(desks.ask()) == ("requested", "requested")


def test_a_confirmation_that_comes_too_late_is_refused_there(desks: Desks) -> None:
    both_write_down(desks)
    desks.pair.clock.forward(hours=23)
    desks.pair.exchange.cut.add("customs.uz")
    reference = desks.ask(confirms="oral-1")
    desks.pair.clock.forward(hours=1)
    desks.pair.exchange.cut.clear()
    desks.pair.run()
    desks.pair.clock.forward(minutes=10)
    desks.pair.run()

    assert desks.stages("oral-1")[1] == "lapsed"
    assert desks.stages(reference) == ("rejected", "-")
    (told,) = desks.told("kz", "message.rejected")
    assert "lapsed" in told["why"]
    assert desks.stages("oral-1")[0] == "lapsed"


def test_what_one_desk_alone_wrote_down_is_confirmed_all_the_same(desks: Desks) -> None:
    desks.pair.kz.assistance.oral(
        LIAISON, ORAL, partner="customs.uz", purpose="INVESTIGATION", is_taken=False
    )

    reference = desks.ask(confirms="oral-1")

    assert desks.stages("oral-1") == ("confirmed", "-")
    assert desks.stages(reference) == ("requested", "requested")
    assert desks.told("uz", "assistance.requested")[0]["oral"] == "oral-1"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"at": "2026-03-02T09:00:00+00:00"}, InvalidRequestError),
        ({"at": "2026-03-02T08:00:00"}, InvalidRequestError),
        ({"given_by": ""}, InvalidRequestError),
        ({"weather": "fine"}, InvalidRequestError),
    ],
)
def test_what_is_written_down_wrongly_is_not_entered(
    desks: Desks, changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        both_write_down(desks, **changes)

    assert desks.stages("oral-1") == ("-", "-")


def test_nothing_is_asked_orally_where_the_agreement_knows_no_such_form(desks: Desks) -> None:
    desks.agree(('forms = ["electronic", "written", "oral"]', 'forms = ["electronic"]'), version=2)

    with pytest.raises(InvalidDocumentError, match="oral"):
        both_write_down(desks)


def test_nothing_is_asked_orally_without_an_agreement(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair, pytest.raises(NotPermittedError):
        both_write_down(Desks(pair))
