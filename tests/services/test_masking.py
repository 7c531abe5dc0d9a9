from __future__ import annotations

from exchange_node.node import pair_agreement
from exchange_node.policy.minimising.masking import PREVIEWED, token_of
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import NATIONAL, Pair

NAME = "Declaration/Consignment/Consignee/Name"


def test_what_leaves_is_hashed_with_the_key_of_the_agreement(pair: Pair) -> None:
    packing = pair.kz.dispatch.packing
    key = packing.mask_key("urn:carec:maa:kz-uz:transit")

    assert len(key) == 32
    assert packing.mask_key("urn:carec:maa:kz-tj:transit") != key
    assert pair.uz.dispatch.packing.mask_key("urn:carec:maa:kz-uz:transit") != key
    assert token_of("01A777BC", key) != PREVIEWED


def test_the_audit_counts_what_was_withheld_and_names_what_was_masked(pair: Pair) -> None:
    text = pair_agreement("KZ", "UZ", on=pair.clock().date())
    masked = "Declaration/Declarant/Address/PostcodeID"
    assert masked in text
    text = text.replace("version = 1", "version = 2").replace(
        f'path = "{masked}"', f'path = "{NAME}"'
    )
    pair.kz.commissioning.add_agreement(text, actor="test")
    submission = pair.submit()

    with reading(pair.kz.engine) as conn:
        found = audit.search(conn, limit=50)
    entry = next(one for one in found if one.action == "submission.queued")
    assert int(entry.facts["withheld"]) > 0
    assert entry.facts["masked"] == f"{NAME} (truncate)"
    assert pair.kz.enquiry.submission(NATIONAL, submission)["masked"] == {NAME: "truncate"}
