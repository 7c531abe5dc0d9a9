from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement.clauses.comparison import (
    ComparedField,
    Opposite,
)
from exchange_node.domain.agreement.clauses.comparison import Comparison as Agreed
from exchange_node.domain.comparing import Crossing, Sight, compare, crossings, sight_of
from exchange_node.domain.movement import (
    Event,
    MovementNotice,
    SeenEquipment,
    SeenMeans,
    SeenSeal,
)
from exchange_node.domain.movement.compared import Compared, Comparison, Reason, Verdict

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KZ, UZ, TM = "customs.kz", "customs.uz", "customs.tm"
AGREED = Agreed()


def seen(event: Event, party: str = KZ, minutes: float = 0, **more: Any) -> Sight:  # noqa: ANN401 - whatever a notice takes
    at = AT + timedelta(minutes=minutes)
    issued = more.pop("issued_at", at)
    notice_id = more.pop("notice_id", f"{party}-{event.value}-{minutes}")
    means = more.pop("plate", "")
    seals = tuple(SeenSeal(**one) for one in more.pop("seals", ()))
    unit = more.pop("unit", "ALTU2045171" if seals else "")
    return sight_of(
        MovementNotice(
            notice_id=notice_id,
            issuer=party,
            issued_at=issued,
            event=event,
            movement="26KZ55010100041703",
            office="KZ550302" if party == KZ else "UZ270101",
            occurred_at=at,
            means=SeenMeans(id=means) if means else None,
            equipment=(SeenEquipment(id=unit, seals=seals),) if unit or seals else (),
            **more,
        )
    )


def found(
    left: Sight, came: Sight, *meanwhile: Sight, agreed: Agreed = AGREED
) -> dict[ComparedField, Compared]:
    made = compare(Crossing(left=left, came=came, meanwhile=meanwhile), agreed)
    assert made is not None
    return {one.field: one for one in made.fields}


def one(field: str, left: dict[str, Any], came: dict[str, Any], *meanwhile: Sight) -> Compared:
    """Compare an exit with an entry an hour later."""
    told = found(seen(Event.EXIT, **left), seen(Event.ENTRY, UZ, 60, **came), *meanwhile)
    return told[ComparedField(field)]


def test_a_plate_typed_on_another_keyboard_is_the_same_vehicle() -> None:
    same = one("vehicle", {"plate": "017 ABC 02"}, {"plate": "017-авс-02"})
    assert same.verdict is Verdict.ALIKE


def test_a_trailer_that_one_office_did_not_write_down_is_no_other_vehicle() -> None:
    told = one("vehicle", {"plate": "017ABC02"}, {"plate": "017 ABC 02 / 42 XYZ 02"})
    assert told.verdict is Verdict.ALIKE


def test_another_vehicle_differs_and_says_how_gravely() -> None:
    other = one("vehicle", {"plate": "017ABC02"}, {"plate": "999ZZZ99"})
    assert (other.verdict, other.severity, other.reasons) == (Verdict.DIFFERS, 2, (Reason.OTHER,))


@pytest.mark.parametrize(
    ("ground", "plate", "verdict"),
    [
        ("3", "999 ZZZ 99", Verdict.EXPLAINED),
        ("3", "", Verdict.EXPLAINED),
        ("5", "", Verdict.EXPLAINED),
        ("6", "", Verdict.DIFFERS),
        ("3", "111 AAA 11", Verdict.DIFFERS),
    ],
)
def test_a_new_vehicle_is_explained_by_the_incident_that_names_it_or_changed_it(
    ground: str, plate: str, verdict: Verdict
) -> None:
    incident = seen(Event.INCIDENT, UZ, 30, ground=ground, plate=plate)
    assert one("vehicle", {"plate": "017ABC02"}, {"plate": "999ZZZ99"}, incident).verdict is verdict


def test_an_incident_after_the_entry_explains_nothing_of_it() -> None:
    later = seen(Event.INCIDENT, UZ, 120, ground="3", plate="999ZZZ99")
    other = one("vehicle", {"plate": "017ABC02"}, {"plate": "999ZZZ99"}, later)
    assert other.verdict is Verdict.DIFFERS


OLD, NEW = {"seals": ({"id": "KZS1"},)}, {"seals": ({"id": "UZS9"},)}


def test_a_seal_that_is_gone_and_one_that_is_new_are_both_told() -> None:
    changed = one("seals", OLD, NEW)
    assert changed.verdict is Verdict.DIFFERS
    assert changed.severity == 1
    assert changed.reasons == (Reason.GONE, Reason.NEW)


def test_an_incident_that_names_the_new_seal_for_the_old_explains_it() -> None:
    resealed = seen(Event.INCIDENT, KZ, 20, ground="1", seals=({"id": "UZS9", "replaces": "KZS1"},))
    told = one("seals", OLD, NEW, resealed)
    assert (told.verdict, told.reasons) == (Verdict.EXPLAINED, (Reason.INCIDENT,))


def test_a_seal_replaced_twice_on_the_way_is_followed() -> None:
    first = seen(Event.INCIDENT, KZ, 10, ground="1", seals=({"id": "MID", "replaces": "KZS1"},))
    second = seen(Event.INCIDENT, UZ, 20, ground="1", seals=({"id": "UZS9", "replaces": "MID"},))
    assert one("seals", OLD, NEW, first, second).verdict is Verdict.EXPLAINED


def test_what_the_office_of_entry_sealed_anew_it_has_explained() -> None:
    told = one("seals", OLD, {"seals": ({"id": "UZS9", "replaces": "KZS1"},)})
    assert (told.verdict, told.reasons) == (Verdict.EXPLAINED, (Reason.RESEALED,))


def test_a_new_seal_for_one_that_never_left_explains_nothing() -> None:
    told = one("seals", OLD, {"seals": ({"id": "UZS9", "replaces": "ELSE"},)})
    assert told.reasons == (Reason.GONE, Reason.NEW)


@pytest.mark.parametrize(("condition", "reason"), [("2", Reason.BROKEN), ("3", Reason.GONE)])
def test_a_seal_found_broken_or_missing_differs(condition: str, reason: Reason) -> None:
    told = one("seals", OLD, {"seals": ({"id": "KZS1", "condition": condition},)})
    assert (told.verdict, told.reasons) == (Verdict.DIFFERS, (reason,))


def test_a_seal_that_left_broken_is_not_found_broken() -> None:
    broken = {"seals": ({"id": "KZS1", "condition": "2"},)}
    assert one("seals", broken, broken).verdict is Verdict.ALIKE


@pytest.mark.parametrize(
    ("came", "verdict", "reasons"),
    [
        ("12000", Verdict.ALIKE, ()),
        ("12240", Verdict.WITHIN, ()),
        ("12241", Verdict.DIFFERS, (Reason.MORE,)),
        ("11760", Verdict.WITHIN, ()),
        ("11759.9", Verdict.DIFFERS, (Reason.LESS,)),
    ],
)
def test_mass_may_differ_by_the_agreed_per_cent(
    came: str, verdict: Verdict, reasons: tuple[Reason, ...]
) -> None:
    told = one("gross_mass", {"gross_mass_kg": Decimal(12000)}, {"gross_mass_kg": Decimal(came)})
    assert (told.verdict, told.reasons) == (verdict, reasons)


def test_goods_that_were_unloaded_on_the_way_explain_fewer_packages() -> None:
    unloaded = seen(Event.INCIDENT, KZ, 30, ground="4")
    assert one("packages", {"packages": 24}, {"packages": 20}).reasons == (Reason.LESS,)
    told = one("packages", {"packages": 24}, {"packages": 20}, unloaded)
    assert told.verdict is Verdict.EXPLAINED


@pytest.mark.parametrize(
    ("minutes", "verdict", "reasons"),
    [
        (1440, Verdict.ALIKE, ()),
        (1441, Verdict.DIFFERS, (Reason.LATE,)),
        (-15, Verdict.WITHIN, ()),
        (-16, Verdict.DIFFERS, (Reason.BEFORE_EXIT,)),
    ],
)
def test_entry_follows_exit_within_the_agreed_time(
    minutes: float, verdict: Verdict, reasons: tuple[Reason, ...]
) -> None:
    told = found(seen(Event.EXIT), seen(Event.ENTRY, UZ, minutes))[ComparedField.TIME]
    assert (told.verdict, told.reasons) == (verdict, reasons)


def test_a_refusal_meanwhile_explains_why_it_took_long() -> None:
    refused = seen(Event.REFUSAL, UZ, 60, ground="2")
    told = found(seen(Event.EXIT), seen(Event.ENTRY, UZ, 3000), refused)[ComparedField.TIME]
    assert (told.verdict, told.reasons) == (Verdict.EXPLAINED, (Reason.REFUSED,))


def test_offices_are_compared_where_the_agreement_says_which_face_each_other() -> None:
    left, came = seen(Event.EXIT), seen(Event.ENTRY, UZ, 60)
    assert found(left, came)[ComparedField.OFFICE].reasons == (Reason.NOT_AGREED,)
    facing = Agreed(opposite=(Opposite(exit="UZ270101", entry="KZ550302"),))
    assert found(left, came, agreed=facing)[ComparedField.OFFICE].verdict is Verdict.ALIKE
    other = Agreed(opposite=(Opposite(exit="KZ550302", entry="UZ270999"),))
    assert found(left, came, agreed=other)[ComparedField.OFFICE].verdict is Verdict.DIFFERS


def test_what_the_agreement_does_not_compare_is_left_out() -> None:
    agreed = Agreed(compared=(ComparedField.SEALS,))
    assert list(found(seen(Event.EXIT), seen(Event.ENTRY, UZ, 9), agreed=agreed)) == ["seals"]


def test_what_one_office_did_not_tell_cannot_be_compared() -> None:
    told = one("vehicle", {"plate": "017ABC02"}, {})
    assert (told.verdict, told.reasons) == (Verdict.UNTOLD, (Reason.NOT_AT_ENTRY,))
    assert one("gross_mass", {}, {}).reasons == (Reason.NOT_AT_EXIT, Reason.NOT_AT_ENTRY)


def test_the_whole_is_as_grave_as_its_worst_part() -> None:
    parts = (
        Compared(field=ComparedField.TIME, verdict=Verdict.DIFFERS, reasons=(Reason.LATE,)),
        Compared(field=ComparedField.SEALS, verdict=Verdict.DIFFERS, reasons=(Reason.GONE,)),
        Compared(field=ComparedField.VEHICLE, verdict=Verdict.EXPLAINED),
    )
    whole = Comparison(exit_notice="1", entry_notice="2", fields=parts)
    assert whole.verdict is Verdict.DIFFERS
    assert [one.severity for one in whole.differing] == [1, 3]
    assert Comparison(exit_notice="1", entry_notice="2", fields=()).verdict is Verdict.UNTOLD


# ---------------------------------------------------------------- which crossings belong together


def test_the_exit_that_was_issued_last_corrects_the_one_before() -> None:
    first = seen(Event.EXIT, KZ, 0, notice_id="1")
    again = seen(Event.EXIT, KZ, 0, notice_id="2", issued_at=AT + timedelta(hours=5))
    came = seen(Event.ENTRY, UZ, 60)
    (one,) = crossings([first, came, again], KZ, UZ)
    assert (one.left, one.came) == (again, came)


def test_goods_that_went_on_and_came_again_crossed_twice() -> None:
    told = [
        seen(Event.EXIT, KZ, 0),
        seen(Event.ENTRY, UZ, 60),
        seen(Event.EXIT, UZ, 120),
        seen(Event.EXIT, KZ, 300),
        seen(Event.ENTRY, UZ, 360),
    ]
    assert [
        (one.left and one.left.occurred_at, one.came and one.came.occurred_at)
        for one in crossings(told, KZ, UZ)
    ] == [(told[0].occurred_at, told[1].occurred_at), (told[3].occurred_at, told[4].occurred_at)]


def test_an_entry_whose_exit_nobody_told_is_compared_with_nothing() -> None:
    (one,) = crossings([seen(Event.ENTRY, UZ, 60)], KZ, UZ)
    assert one.left is None
    assert compare(one, AGREED) is None
    assert crossings([seen(Event.INCIDENT, UZ, 60)], KZ, UZ) == ()


# ---------------------------------------------------------------- laws

plates = st.sampled_from(["", "017ABC02", "017 ABC 02/42XYZ02", "999ZZZ99"])
seals = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["A", "B", "C", "D"])},
        optional={
            "condition": st.sampled_from(["1", "2", "3", "4"]),
            "replaces": st.sampled_from(["A", "B", "C"]),
        },
    ),
    max_size=3,
)
about = st.fixed_dictionaries(
    {},
    optional={
        "plate": plates,
        "seals": seals,
        "unit": st.sampled_from(["ALTU2045171", "MSCU1234566"]),
        "packages": st.integers(0, 5),
        "gross_mass_kg": st.sampled_from([Decimal(0), Decimal(100), Decimal(101), Decimal(500)]),
    },
)
whiles = st.integers(-60, 3000)


@st.composite
def sights(draw: st.DrawFn, *events: tuple[Event, str]) -> Sight:
    event, party = draw(st.sampled_from(events))
    ground = draw(st.sampled_from("123456")) if event in (Event.INCIDENT, Event.REFUSAL) else ""
    return seen(event, party, draw(whiles), ground=ground, **draw(about))


ways = st.lists(
    sights(
        (Event.EXIT, KZ),
        (Event.ENTRY, UZ),
        (Event.EXIT, UZ),
        (Event.ENTRY, KZ),
        (Event.INCIDENT, KZ),
        (Event.INCIDENT, UZ),
        (Event.REFUSAL, UZ),
        (Event.DIVERSION, KZ),
        (Event.ENTRY, TM),
    ),
    max_size=7,
)
exits = sights((Event.EXIT, KZ))
entries = sights((Event.ENTRY, UZ))
betweens = st.lists(
    sights((Event.INCIDENT, KZ), (Event.REFUSAL, UZ), (Event.INCIDENT, UZ)), max_size=3
)


def differing(told: dict[ComparedField, Compared]) -> set[ComparedField]:
    return {field for field, one in told.items() if one.verdict is Verdict.DIFFERS}


@given(ways, st.randoms(use_true_random=False))
def test_law_the_order_of_telling_changes_nothing(way: list[Sight], chance: Any) -> None:  # noqa: ANN401 - a Random
    # Of two notices under one number one is none: numbers are the issuer's own.
    numbered = [replace(one, notice_id=f"{n}") for n, one in enumerate(way)]
    shuffled = chance.sample(numbered, len(numbered))
    assert crossings(shuffled, KZ, UZ) == crossings(numbered, KZ, UZ)


@given(ways)
def test_law_every_exit_and_entry_is_in_one_crossing_at_most(way: list[Sight]) -> None:
    made = crossings([replace(one, notice_id=f"{n}") for n, one in enumerate(way)], KZ, UZ)
    ends = [end.notice_id for one in made for end in (one.left, one.came) if end is not None]
    assert len(ends) == len(set(ends))


@given(exits, betweens)
def test_law_what_came_as_it_left_never_differs(left: Sight, meanwhile: list[Sight]) -> None:
    came = replace(left, event=Event.ENTRY, party=UZ)
    assert not differing(found(left, came, *meanwhile))


@given(exits, entries, betweens, sights((Event.INCIDENT, UZ), (Event.REFUSAL, UZ)))
def test_law_what_happened_meanwhile_never_makes_a_difference(
    left: Sight, came: Sight, meanwhile: list[Sight], more: Sight
) -> None:
    before = differing(found(left, came, *meanwhile))
    assert differing(found(left, came, *meanwhile, more)) <= before


@given(exits, entries, betweens)
def test_law_what_is_not_told_never_differs(
    left: Sight, came: Sight, meanwhile: list[Sight]
) -> None:
    silent = replace(
        came,
        vehicles=frozenset(),
        containers=frozenset(),
        seals=frozenset(),
        missing=frozenset(),
        gross_mass_kg=None,
        packages=None,
    )
    assert differing(found(left, silent, *meanwhile)) <= {ComparedField.TIME, ComparedField.OFFICE}


@given(exits, entries, betweens, st.integers(0, 99), st.integers(0, 5), st.integers(0, 3000))
def test_law_more_tolerance_never_makes_a_difference(
    left: Sight, came: Sight, meanwhile: list[Sight], percent: int, packages: int, minutes: int
) -> None:
    wider = Agreed(
        mass_percent=str(max(percent, 2)),
        packages=packages,
        longest_minutes=1_440 + minutes,
        clock_minutes=15 + minutes,
    )
    narrow = differing(found(left, came, *meanwhile))
    assert differing(found(left, came, *meanwhile, agreed=wider)) <= narrow


@given(st.lists(st.tuples(plates, seals), min_size=2, max_size=2), st.booleans())
def test_law_veiled_values_compare_as_plain_ones(told: list[Any], is_explained: bool) -> None:  # noqa: FBT001 - drawn
    def veil(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    def made(event: Event, party: str, minutes: int, about: Any, veil: Any) -> Sight:  # noqa: ANN401 - drawn
        plate, on_it = about
        return sight_of(
            MovementNotice(
                notice_id=event.value,
                issuer=party,
                issued_at=AT,
                event=event,
                movement="1",
                office="KZ550302",
                occurred_at=AT + timedelta(minutes=minutes),
                ground="6" if event is Event.INCIDENT else "",
                means=SeenMeans(id=plate) if plate else None,
                equipment=(SeenEquipment(id="X", seals=tuple(SeenSeal(**one) for one in on_it)),),
            ),
            veil,
        )

    def result(veiled: Callable[[str], str]) -> dict[ComparedField, Compared]:
        left = made(Event.EXIT, KZ, 0, told[0], veiled)
        came = made(Event.ENTRY, UZ, 60, told[1], veiled)
        between = made(Event.INCIDENT, UZ, 30, told[1], veiled)
        return found(left, came, *((between,) if is_explained else ()))

    assert result(veil) == result(str)
