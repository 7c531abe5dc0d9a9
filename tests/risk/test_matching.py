from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    TransitManifest,
    TransportMeans,
)
from exchange_node.risk.deciding.rules import Ground
from exchange_node.risk.decision import ground_of
from exchange_node.risk.fitting import PLACES_NAMED
from exchange_node.risk.keys import (
    ROLE_BITS,
    Key,
    KeyKind,
    keys_of_alert,
    keys_of_manifest,
    roles_in,
    roles_sought,
)
from exchange_node.risk.matching import match, match_subject
from exchange_node.risk.names.keys import name_keys

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST = "Declaration/Consignment[1]"
SECOND = "Declaration/Consignment[2]"


def pointers(subject: Subject, manifest: TransitManifest) -> list[str]:
    return [one.pointer for one in match_subject(subject, manifest)]


def test_a_hit_names_what_fitted_as_written_and_as_compared(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    watched = replace(alert, subjects=(Subject(movement="x"), Subject(equipment_id="csqu3054383")))

    (hit,) = match(watched, manifest, AT)

    assert (hit.alert_id, hit.issuer, hit.severity) == ("customs.uz-2026-000001", "customs.uz", 2)
    assert hit.subject == 2
    assert not hit.is_name_only
    (found,) = hit.matches
    assert (found.criterion, found.alerted, found.found, found.compared, found.pointer) == (
        "equipment_id",
        "csqu3054383",
        "CSQU 305438-3",
        "CSQU3054383",
        f"{FIRST}/TransportEquipment[1]/ID",
    )


SUBJECTS = [
    (Subject(movement="10702020-150326-0001234"), ["Declaration/ID"]),
    (Subject(movement="KZ/national/10702020/150326/0001234"), ["Declaration/ID"]),
    (Subject(movement="10702020/150326/0001235"), []),
    (
        Subject(means_id="123-авс-02"),
        ["Declaration/BorderTransportMeans/ID", f"{FIRST}/DepartureTransportMeans[1]/ID"],
    ),
    (Subject(means_id="45CD99"), ["Declaration/BorderTransportMeans/ID"]),
    (Subject(trailer_id="45 CD 99"), ["Declaration/BorderTransportMeans/ID"]),
    (Subject(trailer_id="77EF88"), [f"{FIRST}/TransportEquipment[2]/ID"]),
    (Subject(means_id="77EF88"), [f"{FIRST}/TransportEquipment[2]/ID"]),
    (
        Subject(means_id="123ABC02/45CD99"),
        ["Declaration/BorderTransportMeans/ID", f"{FIRST}/DepartureTransportMeans[1]/ID"],
    ),
    (Subject(means_id="123ABC0"), []),
    (Subject(means_id=" - "), []),
    (Subject(means_id="/"), []),
    (
        Subject(means_id="45CD99", means_nationality="kz"),
        [
            "Declaration/BorderTransportMeans/ID",
            "Declaration/BorderTransportMeans/RegistrationNationalityCode",
        ],
    ),
    (Subject(means_id="45CD99", means_nationality="UZ"), []),
    (
        Subject(means_id="77EF88", means_nationality="UZ"),
        [f"{FIRST}/TransportEquipment[2]/ID"],
    ),
    (Subject(movement="10702020/150326/0001234", means_nationality="UZ"), []),
    (Subject(movement="10702020/150326/0001234", means_nationality=" "), []),
    (
        Subject(movement="10702020/150326/0001234", means_nationality="KZ"),
        [
            "Declaration/ID",
            "Declaration/BorderTransportMeans/RegistrationNationalityCode",
            f"{FIRST}/DepartureTransportMeans[1]/RegistrationNationalityCode",
        ],
    ),
    (Subject(equipment_id="CSQU3054384"), [f"{FIRST}/TransportEquipment[1]/ID"]),
    (Subject(equipment_id="CSQU3045383"), [f"{FIRST}/TransportEquipment[1]/ID"]),
    (Subject(equipment_id="CSQU3054394"), []),
    (Subject(equipment_id="77EF8"), []),
    (Subject(customs_seal="kz0001"), [f"{FIRST}/TransportEquipment[1]/Seal[1]/ID"]),
    (Subject(customs_seal="А9"), [f"{FIRST}/TransportEquipment[2]/Seal[1]/ID"]),
    (Subject(customs_seal="0003"), []),
    (
        Subject(commodity_prefix="6403"),
        [f"{FIRST}/ConsignmentItem[1]/Commodity/Classification/ID"],
    ),
    (
        Subject(commodity_prefix="090230"),
        [f"{FIRST}/ConsignmentItem[2]/Commodity/Classification/ID"],
    ),
    (Subject(commodity_prefix="6404"), []),
    (Subject(commodity_prefix="x"), []),
    (Subject(description="ТКАН хлоп"), [f"{FIRST}/ConsignmentItem[1]/Commodity/Description"]),
    (Subject(description="black TEA"), [f"{FIRST}/ConsignmentItem[2]/Commodity/Description"]),
    (Subject(description="ack"), []),
    (Subject(description="tea leather"), []),
    (Subject(description="电话"), [f"{SECOND}/ConsignmentItem[1]/Commodity/Description"]),
    (Subject(description="- / -"), []),
    (
        Subject(commodity_prefix="64", origin="cn"),
        [
            f"{FIRST}/ConsignmentItem[1]/Commodity/Classification/ID",
            f"{FIRST}/ConsignmentItem[1]/Origin[1]/CountryCode",
        ],
    ),
    (Subject(commodity_prefix="64", origin="LK"), []),
    (Subject(commodity_prefix="64", description="tea"), []),
    (
        Subject(commodity_prefix="85", country_of_destination="AF"),
        [
            f"{SECOND}/Destination/CountryCode",
            f"{SECOND}/ConsignmentItem[1]/Commodity/Classification/ID",
        ],
    ),
    (Subject(commodity_prefix="64", country_of_destination="AF"), []),
    (
        Subject(commodity_prefix="85", country_of_dispatch="CN"),
        [
            f"{SECOND}/ExportCountry/ID",
            f"{SECOND}/ConsignmentItem[1]/Commodity/Classification/ID",
        ],
    ),
    (Subject(commodity_prefix="85", country_of_dispatch="KZ"), []),
    (
        Subject(commodity_prefix="64", routing=("TM", "UZ")),
        [
            f"{FIRST}/Itinerary[3]/RoutingCountryCode",
            f"{FIRST}/ConsignmentItem[1]/Commodity/Classification/ID",
        ],
    ),
    (Subject(commodity_prefix="64", routing=("TM", "AF")), []),
    (
        Subject(commodity_prefix="64", offices=("RU0001", "uz000026")),
        [
            "Declaration/EntryOffice/ID",
            f"{FIRST}/ConsignmentItem[1]/Commodity/Classification/ID",
        ],
    ),
    (Subject(commodity_prefix="64", offices=("RU0001", "")), []),
    (Subject(party_id="301-234-567"), [f"{FIRST}/Consignee/ID"]),
    (
        Subject(party_id="301234567", party_role="27A"),
        [f"{FIRST}/Consignee/ID", f"{FIRST}/Consignee"],
    ),
    (Subject(party_id="301234567", party_role="30A"), []),
    (Subject(party_id="010203040506"), ["Declaration/Declarant/ID"]),
    (
        Subject(party_id="301234567", party_name="Somebody else"),
        [f"{FIRST}/Consignee/ID"],
    ),
    (
        Subject(party_id="301234567", party_name="oltin savdo mchj"),
        [f"{FIRST}/Consignee/ID", f"{FIRST}/Consignee/Name"],
    ),
    (Subject(party_id="000", party_name="urumqi trading co."), [f"{FIRST}/Consignor/Name"]),
    (
        Subject(party_name="Oltin Savdo MChJ"),
        [f"{FIRST}/Consignee/Name", f"{SECOND}/Consignee/Name"],
    ),
    (
        Subject(party_name="ООО «Олтин Савдо»"),
        [f"{FIRST}/Consignee/Name", f"{SECOND}/Consignee/Name"],
    ),
    (Subject(party_name="乌鲁木齐贸易有限公司"), [f"{FIRST}/Consignor/Name"]),
    (Subject(party_name="Kumush Savdo MChJ"), []),
    (Subject(party_name=" "), []),
]


@pytest.mark.parametrize(("subject", "places"), SUBJECTS)
def test_a_subject_finds_its_places_and_no_other(
    subject: Subject, places: list[str], manifest: TransitManifest
) -> None:
    assert pointers(subject, manifest) == places


def test_a_name_in_another_script_says_how_near_it_is_and_how_both_were_compared(
    manifest: TransitManifest,
) -> None:
    found = match_subject(Subject(party_name="ООО «Олтин Савдо»"), manifest)[0]

    assert (found.alerted, found.found) == ("ООО «Олтин Савдо»", "Oltin Savdo MChJ")
    assert (found.alerted_as, found.compared) == ("oltin trade", "oltin trade")
    assert 0.8 <= found.score <= 1


def test_a_container_one_sign_off_is_probable_and_the_right_one_is_not(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    subjects = (Subject(equipment_id="CSQU3054384"), Subject(equipment_id="CSQU3054383"))

    probable, right = match(replace(alert, subjects=subjects), manifest, AT)

    (found,) = probable.matches
    assert (found.alerted_as, found.compared, found.score) == ("CSQU3054384", "CSQU3054383", 0.9)
    assert (right.matches[0].score, right.matches[0].alerted_as) == (1.0, "")
    assert (ground_of(probable), ground_of(right)) == (Ground.PROBABLE, Ground.IDENTIFICATION)


def test_a_name_decides_only_over_parties_without_a_number(manifest: TransitManifest) -> None:
    subject = Subject(party_id="777", party_name="Oltin Savdo MChJ")

    assert pointers(subject, manifest) == []


@pytest.mark.parametrize(
    ("subject", "is_name_only"),
    [
        (Subject(party_name="Urumqi Trading Co."), True),
        (Subject(party_name="Urumqi Trading Co.", party_role="30A"), True),
        (Subject(party_name="Urumqi Trading Co.", commodity_prefix="64"), False),
        (Subject(party_name="Urumqi Trading Co.", means_id="123ABC02"), False),
        (Subject(party_id="301234567", party_name="Oltin Savdo MChJ"), False),
    ],
)
def test_a_hit_knows_whether_nothing_but_a_name_fitted(
    subject: Subject, alert: RiskAlert, manifest: TransitManifest, *, is_name_only: bool
) -> None:
    (hit,) = match(replace(alert, subjects=(subject,)), manifest, AT)

    assert hit.is_name_only is is_name_only


@pytest.mark.parametrize(
    ("at", "hits"),
    [
        (datetime(2026, 3, 1, 7, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 1, 8, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 31, 7, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 31, 8, 0, tzinfo=UTC), 0),
    ],
)
def test_an_alert_fits_only_while_it_is_live(
    at: datetime, hits: int, alert: RiskAlert, manifest: TransitManifest
) -> None:
    assert len(match(alert, manifest, at)) == hits


def test_an_alert_that_is_not_valid_yet_fits_nothing(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    later = replace(alert, valid_from=AT + timedelta(hours=1))

    assert match(later, manifest, AT) == ()


def test_a_withdrawal_fits_nothing_and_a_correction_does(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    assert match(replace(alert, function="1"), manifest, AT) == ()
    assert len(match(replace(alert, function="4"), manifest, AT)) == 1


def test_each_subject_that_fits_is_a_hit(alert: RiskAlert, manifest: TransitManifest) -> None:
    subjects = (Subject(means_id="45CD99"), Subject(means_id="nobody"), Subject(party_id="KZ99"))

    hits = match(replace(alert, subjects=subjects), manifest, AT)

    assert [one.subject for one in hits] == [1, 3]


def test_only_the_first_places_of_a_criterion_are_named(manifest: TransitManifest) -> None:
    goods = manifest.consignments[0].items[0]
    many = replace(manifest.consignments[0], items=(goods,) * 50)
    crowded = replace(manifest, consignments=(many, many))

    found = match_subject(Subject(commodity_prefix="64", description="обувь"), crowded)

    assert len(found) == 2 * PLACES_NAMED


def test_a_nationality_is_looked_for_among_all_places_of_a_plate(
    manifest: TransitManifest,
) -> None:
    foreign = TransportMeans(id="9Z9Z", stage="departure", nationality="TJ")
    own = replace(foreign, nationality="KG")
    crowded = replace(manifest.consignments[0], means=(foreign,) * 20 + (own,))

    found = match_subject(
        Subject(means_id="9Z9Z", means_nationality="KG"),
        replace(manifest, consignments=(crowded,)),
    )

    assert [one.pointer for one in found] == [
        f"{FIRST}/ext:FurtherTransportMeans[12]/ext:ID",
        f"{FIRST}/ext:FurtherTransportMeans[12]/ext:RegistrationNationalityCode",
    ]


def test_a_manifest_without_vehicle_or_declarant_is_matched_by_the_rest(
    manifest: TransitManifest,
) -> None:
    bare = replace(manifest, border_means=None, declarant=None, consignments=())

    assert pointers(Subject(movement="10702020/150326/0001234"), bare) == ["Declaration/ID"]
    assert pointers(Subject(means_id="123ABC02"), bare) == []
    assert pointers(Subject(commodity_prefix="64"), bare) == []
    assert pointers(Subject(party_id="KZ99"), replace(manifest, declarant=None)) == [
        f"{SECOND}/Consignor/ID"
    ]


# ---------------------------------------------------------------- keys


def test_a_manifest_has_a_key_for_whatever_an_alert_may_name(manifest: TransitManifest) -> None:
    keys = keys_of_manifest(manifest)

    assert {
        Key(KeyKind.MOVEMENT, "107020201503260001234"),
        Key(KeyKind.MEANS, "123ABC02"),
        Key(KeyKind.MEANS, "45CD99"),
        Key(KeyKind.MEANS, "77EF88"),
        Key(KeyKind.EQUIPMENT, "CSQU3054383"),
        Key(KeyKind.SEAL, "KZ0001"),
        Key(KeyKind.PARTY, "301234567"),
        Key(KeyKind.NAME, "alma ltd"),
        Key(KeyKind.DOCUMENT, "CMR100"),
        Key(KeyKind.DOCUMENT, "26KZ0000000000001"),
        Key(KeyKind.COMMODITY, "64"),
        Key(KeyKind.COMMODITY, "640399"),
        Key(KeyKind.OFFICE, "KG000011"),
    } <= keys
    assert all(one.value for one in keys)


def test_the_groups_of_a_subject_are_alternatives_the_most_selective_first(
    alert: RiskAlert,
) -> None:
    subject = Subject(
        commodity_prefix="64",
        offices=("UZ1", "UZ2"),
        party_id="1",
        party_name="A  b",
        means_id="123ABC/9",
        description="tea",
    )

    (groups,) = keys_of_alert(replace(alert, subjects=(subject,)))

    assert groups == (
        frozenset({Key(KeyKind.MEANS, "123ABC9"), Key(KeyKind.MEANS, "123ABC")}),
        frozenset(
            {
                Key(KeyKind.PARTY, "1"),
                Key(KeyKind.NAME, "a b"),
                Key(KeyKind.SOUND, "A:P"),
                Key(KeyKind.SOUND, "P:A"),
            }
        ),
        frozenset({Key(KeyKind.COMMODITY, "64")}),
        frozenset({Key(KeyKind.OFFICE, "UZ1"), Key(KeyKind.OFFICE, "UZ2")}),
    )


@pytest.mark.parametrize(
    "subject", [Subject(description="tea"), Subject(commodity_prefix="6"), Subject(party_id=" ")]
)
def test_a_subject_without_a_key_has_no_group(subject: Subject, alert: RiskAlert) -> None:
    assert keys_of_alert(replace(alert, subjects=(subject,))) == ((),)


def test_a_long_commodity_prefix_is_looked_up_by_the_digits_that_manifests_have(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    goods = ConsignmentItem(
        number=1,
        commodity_code="640399123456",
        description="",
        gross_mass_kg=1,  # type: ignore[arg-type]
    )
    long = replace(manifest, consignments=(Consignment(number=1, items=(goods,)),))
    watched = replace(alert, subjects=(Subject(commodity_prefix="64039912345"),))

    ((group,),) = keys_of_alert(watched)

    assert match(watched, long, AT)
    assert group <= keys_of_manifest(long)


# ---------------------------------------------------------------- laws

VALUES: dict[str, list[str]] = {
    "movement": ["10702020/150326/0001234", "other"],
    "party_role": ["27A", "30A", "57B", "18A"],
    "party_id": ["301234567", "KZ99", "010203040506", "999", "none"],
    "party_name": ["OLTIN savdo MChJ", "Urumqi Trading Co.", "alma ltd", "none"],
    "means_id": ["123ABC02", "45CD99", "123ABC02/45CD99", "77EF88", "none", "/"],
    "means_nationality": ["KZ", "UZ"],
    "trailer_id": ["45CD99", "77EF88", "none"],
    "equipment_id": ["CSQU3054383", "none"],
    "customs_seal": ["KZ0001", "0002", "A9", "none"],
    "commodity_prefix": ["64", "6403", "09", "851712", "99"],
    "description": ["обувь", "tea", "phones", "none"],
    "origin": ["CN", "LK"],
    "country_of_dispatch": ["CN", "KZ"],
    "country_of_destination": ["UZ", "AF"],
    "document_id": ["cmr-100", "26KZ0000000000001", "77A15", "none"],
    "document_type": ["730", "380"],
    "person_role": ["DRV", "27A", "57B"],
    "person_name": ["Serik Abdirakhmanov", "Urumqi Trading Co.", "none"],
    "person_document": ["N0812345", "KZ99", "none"],
    "person_born": ["1980-02-29", "1990-01-01"],
    "person_nationality": ["KZ", "UZ"],
    "person_issuer": ["KZ", "UZ"],
}
MANY = {
    "routing": ["CN", "AF", "TM"],
    "offices": ["UZ000026", "KG000011", "RU1"],
    "route": ["CN", "KZ", "KZ010702", "KG000011", "UZ000026", "AF"],
}
WHO = ("party_role", "party_id", "party_name", "person_role", "person_name", "person_document")
QUALIFYING = {
    "document_type", "person_name", "person_document", "person_born", "person_nationality",
    "person_issuer", "person_role",
}  # fmt: skip


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    names = draw(st.sets(st.sampled_from([*VALUES, *MANY]), min_size=1, max_size=4))
    chosen: dict[str, Any] = {
        name: draw(st.sampled_from(VALUES[name])) for name in VALUES if name in names
    }
    for name, values in MANY.items():
        if name in names:
            some = st.lists(st.sampled_from(values), min_size=1, max_size=2)
            chosen[name] = tuple(draw(some))
    return Subject(**chosen)


@settings(max_examples=150)
@given(subjects())
def test_laws_of_keys_what_fits_is_found_by_every_group(
    alert: RiskAlert, manifest: TransitManifest, subject: Subject
) -> None:
    (groups,) = keys_of_alert(replace(alert, subjects=(subject,)))

    if match_subject(subject, manifest):
        assert all(group & keys_of_manifest(manifest) for group in groups)


@settings(max_examples=150)
@given(st.sets(st.sampled_from(WHO), min_size=2, max_size=4).flatmap(
    lambda names: st.builds(
        Subject, **{name: st.sampled_from(VALUES[name]) for name in names}
    )
))  # fmt: skip
def test_laws_of_keys_who_fits_in_a_role_has_it_by_a_key_of_the_first_group(
    alert: RiskAlert, manifest: TransitManifest, subject: Subject
) -> None:
    (groups,) = keys_of_alert(replace(alert, subjects=(subject,)))
    role = roles_sought(subject)

    if role and match_subject(subject, manifest):
        sounds = {key.value for key in groups[0] if key.kind is KeyKind.SOUND}
        bearing = [
            roles
            for key, roles in roles_in(manifest).items()
            if key in groups[0] or (key.kind is KeyKind.NAME and sounds & name_keys(key.value))
        ]
        assert any(roles & role for roles in bearing)


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        ({"party_name": "alma ltd", "party_role": "27A"}, "Consignee"),
        ({"party_id": "KZ99", "party_role": "Consignor"}, "Consignor"),
        ({"person_name": "Serik", "person_role": "DRV"}, "DRV"),
        ({"party_id": "KZ99", "party_role": "30A", "person_name": "S A", "person_role": "DRV"},
         "Consignor"),
    ],
)  # fmt: skip
def test_the_role_in_which_the_first_group_looks_for_somebody_is_a_bit(
    subject: dict[str, str], role: str
) -> None:
    assert roles_sought(Subject(**subject)) == ROLE_BITS[role]  # type: ignore[arg-type]  # texts


@pytest.mark.parametrize(
    "subject",
    [
        {"party_name": "alma ltd"},
        {"party_role": "27A", "commodity_prefix": "64"},
        {"party_name": "alma ltd", "party_role": "27A", "means_id": "123ABC02"},
        {"party_name": "alma ltd", "person_name": "S A", "person_role": "DRV"},
        {"party_name": "alma ltd", "party_role": "other"},
    ],
)
def test_where_the_first_group_looks_for_nobody_in_a_role_there_is_no_bit(
    subject: dict[str, str],
) -> None:
    assert roles_sought(Subject(**subject)) == 0  # type: ignore[arg-type]  # texts alone


def test_somebody_has_every_role_in_which_he_is_named(manifest: TransitManifest) -> None:
    (first, *others), declarant = manifest.consignments, manifest.declarant
    assert declarant is not None
    twice = replace(declarant, role="Carrier")
    unlisted = replace(declarant, role="Buyer", id="X1", name="")
    parties = (*first.parties, twice, unlisted)
    several = replace(manifest, consignments=(replace(first, parties=parties), *others))

    roles = roles_in(several)

    assert roles[Key(KeyKind.PARTY, folded(declarant.id))] == (
        ROLE_BITS["Declarant"] | ROLE_BITS["Carrier"]
    )
    assert roles[Key(KeyKind.PARTY, "X1")] == 0
    assert roles[Key(KeyKind.NAME, "серік әбдірахманов")] == ROLE_BITS["DRV"]


@settings(max_examples=150)
@given(subjects())
def test_laws_of_and_what_fits_together_fits_alone(
    manifest: TransitManifest, subject: Subject
) -> None:
    found = match_subject(subject, manifest)
    party = {"party_id", "party_name"}
    # A plate decides where the manifest states no nationality.
    optional = {*party, "means_nationality"} if subject.means_id else party
    optional = {*optional, *QUALIFYING}

    if found:
        assert {one.criterion for one in found} | optional >= set(subject.criteria)
        for name in set(subject.criteria) - optional - {"party_role", "means_nationality"}:
            assert match_subject(Subject(**{name: getattr(subject, name)}), manifest)


@given(st.lists(subjects(), max_size=4))
def test_laws_of_or_subjects_do_not_touch_one_another(
    alert: RiskAlert, manifest: TransitManifest, several: list[Subject]
) -> None:
    together = match(replace(alert, subjects=tuple(several)), manifest, AT)

    alone = [
        (number, hit.matches)
        for number, subject in enumerate(several, start=1)
        for hit in match(replace(alert, subjects=(subject,)), manifest, AT)
    ]
    assert [(one.subject, one.matches) for one in together] == alone


@given(st.builds(Subject, **{one.name: st.text(max_size=12) for one in fields(Subject)
                             if one.name not in MANY}))  # fmt: skip
def test_laws_of_junk_matching_never_fails(manifest: TransitManifest, subject: Subject) -> None:
    for one in match_subject(subject, manifest):
        assert one.compared


def test_a_summary_is_matched_by_what_still_picks_out_consignments(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    code = manifest.consignments[0].items[0].commodity_code[:4]
    subjects = (Subject(offices=(manifest.entry_office,)), Subject(commodity_prefix=code))
    summary = replace(alert, subjects=subjects, summary_only=True)

    hits = match(summary, manifest, AT)

    assert [one.subject for one in hits] == [2]
    assert keys_of_alert(summary)[0] == (frozenset(),)
    assert keys_of_alert(summary)[1]
