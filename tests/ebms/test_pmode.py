from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.errors import InvalidSettingError, ProcessingModeMismatchError
from exchange_node.ebms.message import TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.pmode import PModes, for_test_service, push
from tests.ebms.parties import CONTENT, KZ, UZ, World

PARTIES = {"initiator": KZ, "responder": UZ, "agreement_id": "KZ-UZ-1"}
MANIFEST = push(**PARTIES, service="urn:carec:service:transit", action="TM-010")
CANCELLATION = push(**PARTIES, service="urn:carec:service:transit", action="TM-012")
ALERT = push(**PARTIES, service="urn:carec:service:risk", action="RA-010")
PING = for_test_service(**PARTIES)
MODES = PModes((MANIFEST, CANCELLATION, ALERT, PING))


def compared(world: World, modes: PModes, **change: object) -> str:
    with pytest.raises(ProcessingModeMismatchError) as caught:
        modes.match(world.message(CONTENT, **change))
    assert caught.value.ebms_code == "EBMS:0010"
    return str(caught.value)


def test_a_message_belongs_to_the_one_mode_that_fits_in_every_field(world: World) -> None:
    assert MODES.match(world.message(CONTENT)) is MANIFEST
    assert MODES.match(world.message(service=TEST_SERVICE, action=TEST_ACTION)) is PING


def test_a_message_that_came_over_the_line_belongs_where_it_was_sent_from(world: World) -> None:
    assert MODES.match(world.unpack(world.pack()).message) is MANIFEST


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from_party", UZ),
        ("from_type", "urn:x"),
        ("from_role", "urn:x"),
        ("to_party", KZ),
        ("to_type", "urn:x"),
        ("to_role", "urn:x"),
        ("agreement_ref", "KZ-UZ-2"),
        ("agreement_type", "urn:x"),
        ("service", "urn:x"),
        ("service_type", "urn:x"),
        ("action", "TM-013"),
        ("mpc", "urn:x"),
    ],
)
def test_one_field_that_differs_is_named_with_what_is_agreed(
    world: World, field: str, value: str
) -> None:
    told = compared(world, MODES, **{field: value})

    assert f"{field} is {value!r}, agreed: " in told


def test_all_candidates_for_the_field_that_differs_are_named(world: World) -> None:
    assert "action is 'TM-013', agreed: 'TM-010', 'TM-012'" in compared(
        world, MODES, action="TM-013"
    )


def test_many_candidates_are_cut_short(world: World) -> None:
    modes = PModes(
        tuple(
            push(**PARTIES, service="urn:carec:service:transit", action=f"TM-{number}")
            for number in range(100, 120)
        )
    )

    told = compared(world, modes, action="TM-099")

    assert told.endswith("'TM-107', …")


def test_where_nothing_is_agreed_nothing_fits(world: World) -> None:
    assert "nothing is agreed" in compared(world, PModes(()))


def test_two_modes_of_one_key_or_one_id_are_a_fault_of_the_configuration() -> None:
    for other in (replace(MANIFEST, pmode_id="other"), replace(ALERT, pmode_id=MANIFEST.pmode_id)):
        with pytest.raises(InvalidSettingError, match=MANIFEST.pmode_id):
            PModes((MANIFEST, other))
