from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.manifest import Party, TransitManifest, TransportMeans
from exchange_node.risk.keys import keys_of_alert, keys_of_manifest
from exchange_node.risk.matching import match_subject
from exchange_node.risk.plates import PROVINCES, plate_forms


def with_truck(manifest: TransitManifest, plate: str, nationality: str = "") -> TransitManifest:
    truck = TransportMeans(id=plate, stage="border", mode="3", nationality=nationality)
    consignments = tuple(replace(one, means=(), equipment=()) for one in manifest.consignments)
    return replace(manifest, border_means=truck, consignments=consignments)


def fitted(
    subject: Subject, manifest: TransitManifest, plate: str, nationality: str = ""
) -> list[str]:
    found = match_subject(subject, with_truck(manifest, plate, nationality))
    return [one.compared for one in found if one.criterion != "means_nationality"]


def test_there_are_31_provinces() -> None:
    assert len(PROVINCES) == 31
    assert all(name.isascii() and name.isupper() for name in PROVINCES.values())


@pytest.mark.parametrize(
    "found", ["新A12345", "XIN A12345", "Xin A·12345", "新 A-12345", "新Ａ12345"]
)
@pytest.mark.parametrize("alerted", ["新A12345", "xin a 12345"])
def test_the_sign_of_a_province_is_its_latin_name(
    alerted: str, found: str, manifest: TransitManifest
) -> None:
    assert fitted(Subject(means_id=alerted), manifest, found) == ["XINA12345"]


@pytest.mark.parametrize(
    ("alerted", "found"),
    [
        ("津A12345", "晋A12345"),
        ("新A12345", "苏A12345"),
        ("新A12345", "新A12346"),
        ("新A12345", "A12345"),
    ],
)
def test_two_signs_are_two_provinces_whatever_their_names(
    alerted: str, found: str, manifest: TransitManifest
) -> None:
    assert fitted(Subject(means_id=alerted), manifest, found) == []


def test_a_plate_with_a_sign_is_none_of_another_country(manifest: TransitManifest) -> None:
    hubei = Subject(means_id="鄂A12345")

    assert fitted(hubei, manifest, "EA12345", "CN") == ["EA12345"]
    assert fitted(hubei, manifest, "EA12345", "") == ["EA12345"]
    assert fitted(hubei, manifest, "EA12345", "KZ") == []
    kazakh = Subject(means_id="EA12345", means_nationality="KZ")
    assert fitted(kazakh, manifest, "鄂A12345") == []


def test_tractor_and_trailer_in_one_field_are_two_plates(manifest: TransitManifest) -> None:
    both = "新A12345/新B6789挂"

    assert fitted(Subject(means_id="Xin A 12345"), manifest, both) == ["XINA12345"]
    assert fitted(Subject(trailer_id="XIN B6789 GUA"), manifest, both) == ["XINB6789GUA"]
    assert fitted(Subject(means_id="新A6789"), manifest, both) == []


def test_cyrillic_look_alikes_stay_look_alikes(manifest: TransitManifest) -> None:
    assert fitted(Subject(means_id="123АВС02"), manifest, "123 ABC 02") == ["123ABC02"]


SIGNS = st.sampled_from(["", "新", "津", "晋", "鄂", "XIN ", "jin", "E", "Е"])
PLATES = st.builds(
    lambda sign, rest: f"{sign}{rest}", SIGNS, st.sampled_from(["A123", "A124", "B9挂"])
)


def test_laws_of_plates_what_fits_shares_a_key_and_fits_the_other_way_round(
    manifest: TransitManifest, alert: RiskAlert
) -> None:
    @given(PLATES, PLATES)
    def law(one: str, other: str) -> None:
        subject, truck = Subject(means_id=one), with_truck(manifest, other)

        fits = bool(match_subject(subject, truck))

        assert fits == bool(fitted(Subject(means_id=other), manifest, one))
        assert fits == naive(one, other)
        ((group, *_),) = keys_of_alert(replace(alert, subjects=(subject,)))
        assert bool(group & keys_of_manifest(truck)) >= fits

    law()


def naive(one: str, other: str) -> bool:
    """Whether two plates are one, told in the plainest way."""

    def spelt(plate: str) -> str:
        plain = plate.upper().replace(" ", "").replace("Е", "E").replace("挂", "GUA")
        return "".join(PROVINCES.get(sign, sign) for sign in plain)

    signs = [next((sign for sign in plate if sign in PROVINCES), "") for plate in (one, other)]
    return spelt(one) == spelt(other) and (not all(signs) or signs[0] == signs[1])


def test_a_key_of_a_plate_is_what_was_written_and_how_it_is_spoken() -> None:
    assert plate_forms("新A12345") == ("新A12345", "XINA12345")
    assert plate_forms("01 A 123") == ("01A123",)


# ---------------------------------------------------------------- numbers of parties


@pytest.mark.parametrize(
    ("issuer", "country", "hits"),
    [("", "", 1), ("", "UZ", 1), ("UZ", "", 1), ("uz", "UZ", 1), ("KZ", "UZ", 0)],
)
def test_a_number_of_one_issuer_is_none_of_another(
    issuer: str, country: str, hits: int, manifest: TransitManifest
) -> None:
    party = Party(role="Declarant", name="Somebody", id="301234567", country=country)
    subject = Subject(party_id="301 234 567", party_issuer=issuer)
    alone = replace(manifest, declarant=party, consignments=manifest.consignments[:1])
    alone = replace(alone, consignments=(replace(alone.consignments[0], parties=()),))

    assert len(match_subject(subject, alone)) == hits


def test_numbers_that_cannot_be_compared_leave_it_to_the_name(manifest: TransitManifest) -> None:
    party = Party(role="Declarant", name="Oltin Savdo", id="301234567", country="UZ")
    subject = Subject(party_id="301234567", party_issuer="KZ", party_name="Oltin Savdo")
    one = replace(manifest.consignments[0], parties=())

    found = match_subject(subject, replace(manifest, declarant=party, consignments=(one,)))

    assert [match.criterion for match in found] == ["party_name"]
