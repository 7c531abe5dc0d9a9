"""What left Kazakhstan against what entered Uzbekistan, compared by both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.domain.movement import Event, SeenEquipment, SeenMeans, SeenSeal
from exchange_node.node import pair_agreement
from exchange_node.services.stations.comparing.sighting import COMPARE
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import movement_event
from tests.exchange.several import Several, several
from tests.world import Clock, replaced

PLATE = SeenMeans(id="017 ABC 02", nationality="KZ")
UNIT = (SeenEquipment(id="ALTU2045171", seals=(SeenSeal(id="KZS0041701", condition="1"),)),)
RESEALED = (SeenEquipment(id="ALTU2045171", seals=(SeenSeal(id="UZS0000912", condition="1"),)),)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Several]:
    text = pair_agreement("KZ", "UZ", on=Clock()().date())
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        yield world


def crossed(world: Several, left: dict[str, Any], came: dict[str, Any]) -> None:
    """Let the goods leave Kazakhstan, and enter Uzbekistan an hour later."""
    world.tell("kz", Event.EXIT, **left)
    world.run()
    world.tell("uz", Event.ENTRY, **came)
    world.run()


def compared(world: Several, name: str) -> dict[str, dict[str, str]]:
    """Return what each party found, as one node shows it."""
    return {
        one["by"]: {"verdict": one["verdict"], **one["fields"]}
        for one in world.show(name)["comparisons"]
    }


def alarms(world: Several, name: str) -> list[Notice]:
    """Return what the desk of one node was told of comparing."""
    return [
        one for one in world.told[name].told.values() if one.code.startswith("movement.differs")
    ]


def test_both_nodes_find_what_crossed_unchanged_the_same(world: Several) -> None:
    crossed(
        world,
        {"means": PLATE, "equipment": UNIT, "packages": 24, "gross_mass_kg": Decimal(12000)},
        {
            "means": SeenMeans(id="017-авс-02"),
            "equipment": UNIT,
            "packages": 24,
            "gross_mass_kg": Decimal("12100.5"),
        },
    )

    same = {
        "verdict": "within",
        "vehicle": "alike",
        "containers": "alike",
        "seals": "alike",
        "gross_mass": "within",
        "packages": "alike",
        "time": "alike",
        "office": "untold: not-agreed",
    }
    both = {"customs.kz": same, "customs.uz": same}
    assert compared(world, "kz") == both
    assert compared(world, "uz") == {"customs.uz": same}
    assert alarms(world, "kz") == alarms(world, "uz") == []
    (told,) = (one["told"] for one in world.show("uz")["comparisons"])
    assert told["customs.kz"]["accepted"] is True


def test_another_vehicle_and_another_seal_alarm_the_desks_of_both(world: Several) -> None:
    crossed(
        world,
        {"means": PLATE, "equipment": UNIT},
        {"means": SeenMeans(id="999 ZZZ 99"), "equipment": RESEALED},
    )

    for name in ("kz", "uz"):
        (alarm,) = alarms(world, name)
        assert alarm.code == "movement.differs"
        assert alarm.facts["differs"] == "seals (1): gone, new; vehicle (2): other"
        assert alarm.facts["exit"] == "KZ550302"
        assert alarm.facts["entry"] == "UZ270101"
        assert alarm.facts["desk"] == "Duty desk of the transit node"
        assert compared(world, name)["customs.uz"]["seals"] == "differs: gone, new"
        with reading(world.nodes[name].engine) as conn:
            kept = str(conn.execute(movement_event.select()).all())
        assert "KZS0041701" not in kept
        assert "017ABC02" not in kept


def test_an_incident_told_late_settles_it_at_both(world: Several) -> None:
    new = SeenMeans(id="01 A 777 AA")
    crossed(world, {"means": PLATE}, {"means": new})
    assert [one.code for one in alarms(world, "kz")] == ["movement.differs"]

    between = world.clock() - timedelta(minutes=30)
    world.tell("uz", Event.INCIDENT, ground="3", means=new, occurred_at=between)
    world.run()

    for name in ("kz", "uz"):
        assert compared(world, name)["customs.uz"]["vehicle"] == "explained: incident"
        assert [one.code for one in alarms(world, name)] == [
            "movement.differs",
            "movement.differs-settled",
        ]


def test_an_office_that_corrects_what_it_told_settles_it_at_both(world: Several) -> None:
    crossed(world, {"packages": 42}, {"packages": 24})
    assert compared(world, "kz")["customs.kz"]["packages"] == "differs: less"

    world.tell("kz", Event.EXIT, packages=24, occurred_at=world.clock() - timedelta(minutes=60))
    world.run()

    assert {one["packages"] for one in compared(world, "uz").values()} == {"alike"}
    assert [one.code for one in alarms(world, "uz")][-1] == "movement.differs-settled"


def test_what_one_office_did_not_tell_raises_no_alarm(world: Several) -> None:
    crossed(world, {"means": PLATE, "equipment": UNIT}, {})

    found = compared(world, "uz")["customs.uz"]
    assert found["vehicle"] == found["seals"] == "untold: not-at-entry"
    assert found["verdict"] == "alike"
    assert alarms(world, "kz") == alarms(world, "uz") == []


def test_an_entry_whose_exit_was_not_told_is_compared_when_it_comes(world: Several) -> None:
    at = world.clock()
    world.tell("uz", Event.ENTRY, packages=24)
    world.run()
    assert world.show("uz")["comparisons"] == []

    world.tell("kz", Event.EXIT, packages=20, occurred_at=at)
    world.run()

    assert compared(world, "kz")["customs.kz"] == compared(world, "uz")["customs.uz"]
    assert compared(world, "uz")["customs.uz"]["packages"] == "differs: more"


HEAVY, LIGHT = Decimal(12000), Decimal(9000)
MASS = '  "InterGov/Declaration/TotalGrossMassMeasure",\n'
PLATES = 'path = "InterGov/Declaration/BorderTransportMeans/ID"'
MASKED = f'[[grants.mask]]\n{PLATES}\nmethod = "hash"\n\n'
"""Plates leave Kazakhstan hashed."""


def cut(text: str) -> str:
    """Return an agreement under which Kazakhstan does not tell what goods weigh as they leave."""
    return replaced(text, MASS, "")


def masked(text: str) -> str:
    """Return an agreement under which Kazakhstan tells plates hashed."""
    head, grant, rest = text.partition('id = "events-kz-uz"')
    return head + grant + replaced(rest, "[grants.retention]", f"{MASKED}[grants.retention]")


@pytest.mark.parametrize("change", [cut, masked])
def test_what_the_grant_keeps_back_is_compared_by_nobody(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    text = change(pair_agreement("KZ", "UZ", on=Clock()().date()))
    left = {"means": PLATE, "equipment": UNIT, "gross_mass_kg": HEAVY if change is cut else LIGHT}
    came = {"means": PLATE, "equipment": UNIT, "gross_mass_kg": LIGHT}
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        crossed(world, left, came)

        kept_back = "gross_mass" if change is cut else "vehicle"
        for name in ("kz", "uz"):
            assert alarms(world, name) == []
            assert compared(world, name)["customs.uz"][kept_back] == "untold: not-at-exit"
        assert compared(world, "kz")["customs.kz"] == compared(world, "kz")["customs.uz"]


def test_what_was_told_in_full_alarms_still(tmp_path: Path) -> None:
    text = cut(pair_agreement("KZ", "UZ", on=Clock()().date()))
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        crossed(world, {"means": PLATE, "gross_mass_kg": HEAVY}, {"means": SeenMeans(id="9 Z 9")})

        for name in ("kz", "uz"):
            (alarm,) = alarms(world, name)
            assert alarm.facts["differs"] == "vehicle (2): other"


def test_what_breaks_the_program_is_put_off_and_starves_no_comparison_behind_it(
    world: Several,
) -> None:
    node = world.nodes["uz"]
    with transaction(node.engine) as conn:
        duties.leave(conn, COMPARE, "no number", world.clock())

    crossed(world, {"means": PLATE}, {"means": PLATE})

    assert set(compared(world, "uz")) == {"customs.uz"}
    with reading(node.engine) as conn:
        (left,) = duties.waiting(conn, COMPARE)
    assert (left.ref, left.last_error) == ("no number", "node.broken")
