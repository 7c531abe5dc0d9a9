from __future__ import annotations

from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Receipt
from exchange_node.ebms.signals import read_answer
from exchange_node.node import Node
from tests.conformance.as4.peer import Post
from tests.world import Pair


def receipt_in(post: Post, caller: Node) -> Receipt:
    """Return the receipt that came back in the response to a post."""
    assert post.answer is not None
    partner = next(iter(caller.sending.partners.values()))
    found = read_answer(
        post.answer.content_type, whole(post.answer.body), partner=partner, at=caller.clock()
    )
    assert isinstance(found, Receipt)
    return found


def test_ta02_the_answer_refers_to_the_request(legs: tuple[Post, ...]) -> None:
    request, answer = legs

    assert (request.caller, answer.caller) == ("customs.kz", "customs.uz")
    asked = request.draft.find("eb:MessageId").text
    assert answer.draft.find("eb:RefToMessageId").text == asked
    assert request.draft.root.find(".//{*}RefToMessageId") is None
    conversations = [post.draft.find("eb:ConversationId").text for post in (request, answer)]
    assert conversations[0] == conversations[1]


def test_ta02_the_parties_change_sides(legs: tuple[Post, ...]) -> None:
    request, answer = legs

    def side(post: Post, name: str) -> str | None:
        return post.draft.find(f"eb:{name}/eb:PartyId").text

    assert side(request, "From") == side(answer, "To") == "customs.kz"
    assert side(request, "To") == side(answer, "From") == "customs.uz"


def test_ta14_each_leg_gets_a_receipt_of_its_own(both: Pair, legs: tuple[Post, ...]) -> None:
    request, answer = legs

    first, second = receipt_in(request, both.kz), receipt_in(answer, both.uz)

    assert first.ref_to_message_id == request.draft.find("eb:MessageId").text
    assert second.ref_to_message_id == answer.draft.find("eb:MessageId").text
    for receipt, post in ((first, request), (second, answer)):
        signed = {one.get("URI") for one in post.draft.find("ds:SignedInfo").iter("{*}Reference")}
        assert {one.uri for one in receipt.references} == signed
