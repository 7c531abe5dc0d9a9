from __future__ import annotations

import hashlib

import pytest

from exchange_node.channels.paper import MARK_ON_PAPER
from exchange_node.domain.errors import NotPermittedError, RoleError, UnknownRecordError
from exchange_node.node import printing
from exchange_node.security.carried import read_code
from exchange_node.store import audit, payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from tests.world import LIAISON, NATIONAL, POST, Pair, replaced

MRN = "26KZ55010100041703"


@pytest.fixture(name="crossed")
def _crossed(pair: Pair) -> Pair:
    pair.submit()
    pair.run()
    return pair


def digest_of(pair: Pair, name: str, direction: Direction) -> str:
    node = getattr(pair, name)
    with reading(node.engine) as conn:
        (held,) = manifests.find(conn, direction=direction, limit=9)
        document = payloads.fetch(conn, held.document_id, node.enquiry.vault)
    return hashlib.sha256(document).hexdigest()


def test_the_code_names_the_very_document_that_the_partner_holds(crossed: Pair) -> None:
    printed = printing(crossed.kz).print(POST, MRN)

    code = read_code(printed.code)
    assert (code.issuer, code.movement, code.test) == ("customs.kz", MRN, True)
    assert code.documents == {"customs.uz": digest_of(crossed, "uz", Direction.RECEIVED)}
    assert code.valid_until.isoformat() == "2026-03-09T23:59:59+00:00"
    assert printed.code.encode() in printed.pdf


def test_what_the_partner_was_not_sent_is_not_printed(crossed: Pair) -> None:
    (arrival,) = crossed.uz.enquiry.prearrival(POST)["arrivals"]
    seen = crossed.uz.enquiry.manifest(POST, arrival["number"])["manifest"]

    printed = {row.value for row in printing(crossed.kz).print(POST, MRN).rows}

    assert printed == {row.value for row in printing(crossed.uz).print(POST, MRN).rows}
    assert seen["guarantee_references"][0] in printed


def test_who_received_a_manifest_prints_it_under_its_own_seal(crossed: Pair) -> None:
    code = read_code(printing(crossed.uz).print(LIAISON, MRN).code)

    assert code.issuer == "customs.uz"
    assert code.documents == {"customs.uz": digest_of(crossed, "uz", Direction.RECEIVED)}


def test_names_are_printed_in_their_own_script_as_well(crossed: Pair) -> None:
    printed = printing(crossed.kz).print(POST, MRN)

    values = {row.caption: row.value for row in printed.rows}
    assert "«Chinor Savdo» / ООО «Чинор Савдо»" in values["Consignee / Получатель"]
    assert "Яблоки свежие" in values["1"]


def test_printing_is_a_look_and_stands_in_the_access_log(crossed: Pair) -> None:
    printing(crossed.uz).print(POST, MRN)

    with reading(crossed.uz.engine) as conn:
        (look,) = [one for one in audit.search(conn, limit=99) if one.action == "look.paper"]
    assert (look.actor, look.movement) == (POST.name, f"KZ/mrn/{MRN}")


def test_a_number_that_nobody_knows_is_refused_and_logged(crossed: Pair) -> None:
    with pytest.raises(UnknownRecordError):
        printing(crossed.uz).print(POST, "26KZ55010100099999")

    with reading(crossed.uz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=99) if one.action == "look.paper"]
    assert [look.facts["refused"] for look in looks] == ["UNKNOWN"]


def test_a_national_system_does_not_print(crossed: Pair) -> None:
    with pytest.raises(RoleError):
        printing(crossed.kz).print(NATIONAL, MRN)


def test_a_purpose_that_the_grant_does_not_cover_prints_nothing(crossed: Pair) -> None:
    with pytest.raises(NotPermittedError):
        printing(crossed.uz).print(LIAISON, MRN, purpose="RECOVERY")


def test_the_paper_says_which_mark_it_bears_without_the_line(crossed: Pair) -> None:
    for name in ("kz", "uz"):
        rows = printing(getattr(crossed, name)).print(POST, MRN).rows
        assert (rows[-1].caption, rows[-1].value) == (MARK_ON_PAPER, "FALLBACK")


def test_without_a_mark_in_the_agreement_the_paper_names_none(pair: Pair) -> None:
    pair.agree_anew(lambda text: replaced(text, 'special_mark = "FALLBACK"\n', ""))
    pair.submit()
    pair.run()

    captions = {row.caption for row in printing(pair.kz).print(POST, MRN).rows}
    assert MARK_ON_PAPER not in captions
