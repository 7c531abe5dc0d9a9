from __future__ import annotations

from dataclasses import replace

from exchange_node.ebms.message import UserMessage
from tests.conformance.as4.peer import Peer
from tests.ebms.meddling import Draft
from tests.ebms.parties import CONTENT, World

CORNERS = {"originalSender": "trader:KZ-1", "finalRecipient": "trader:UZ-4"}
TYPES = dict.fromkeys(CORNERS, "urn:oasis:names:tc:ebcore:partyid-type:unregistered:trader")


def between_traders(world: World) -> UserMessage:
    return world.message(CONTENT, properties=CORNERS, property_types=TYPES)


def test_4ct_ta01_sender_and_receiver_are_the_access_points(world: World) -> None:
    draft = Draft.of(world.pack(between_traders(world)))

    parties = [draft.find(f"eb:{side}/eb:PartyId").text for side in ("From", "To")]
    assert parties == ["customs.kz", "customs.uz"]
    assert not set(parties) & set(CORNERS.values())


def test_4ct_ta02_original_sender_and_final_recipient_arrive_with_their_types(
    world: World,
) -> None:
    packed = world.pack(between_traders(world))
    properties = {
        one.get("name"): (one.text, one.get("type"))
        for one in Draft.of(packed).find("eb:MessageProperties")
    }
    assert properties == {name: (value, TYPES[name]) for name, value in CORNERS.items()}

    received = world.unpack(packed).message

    assert received.properties == CORNERS
    assert received.property_types == TYPES


def test_4ct_ta02_a_node_takes_a_message_between_four_corners(peer: Peer) -> None:
    message = peer.message()
    properties = {**message.properties, **CORNERS}

    peer.receipt(peer.pack(replace(message, properties=properties, property_types=TYPES)))

    assert len(peer.delivered()) == 1


def test_4ct_ta03_the_tracking_identifier_arrives(world: World) -> None:
    message = replace(
        between_traders(world), properties={**CORNERS, "trackingIdentifier": "T-2026-1"}
    )

    received = world.unpack(world.pack(message)).message

    assert received.properties["trackingIdentifier"] == "T-2026-1"
