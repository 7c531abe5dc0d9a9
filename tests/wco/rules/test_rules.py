from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime

import pytest

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import read
from exchange_node.wco.rules import WcoLibrary, all_rules, validate

ON = date(2026, 3, 1)
UZ = Metadata(country="UZ", agency="Customs Committee", type_name="InterGov")


def test_every_rule_has_a_number_of_its_own_and_tells_how_to_mend() -> None:
    rules = all_rules()
    codes = [one.code for one in rules]
    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    assert all(re.fullmatch(r"CAREC-[LRX][0-9]{3}", code) for code in codes)
    assert all(one.sentence and one.mend for one in rules)


def test_a_good_alert_passes(alert: RiskAlert, library: WcoLibrary) -> None:
    assert validate(encode_alert(alert, metadata=UZ, registry=library.registry), library, ON) == ()


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"valid_until": datetime(2026, 2, 1, tzinfo=UTC)}, "CAREC-R502", "before it begins"),
        ({"valid_until": datetime(2028, 2, 1, tzinfo=UTC)}, "CAREC-R503", "longer than 366 days"),
        ({"subjects": (Subject(routing=("KZ",)),)}, "CAREC-R507", "selective"),
    ],
)
def test_an_alert_that_may_not_be_taken_is_an_error(
    alert: RiskAlert, library: WcoLibrary, changes: dict[str, object], code: str, word: str
) -> None:
    changed = dataclasses.replace(alert, **changes)  # type: ignore[arg-type]
    findings = validate(encode_alert(changed, metadata=UZ, registry=library.registry), library, ON)
    assert [one.code for one in findings] == [code]
    assert word in findings[0].text


def test_an_alert_without_its_content_is_named_by_structure(
    alert: RiskAlert, library: WcoLibrary
) -> None:
    data = encode_alert(alert, metadata=UZ, registry=library.registry).to_bytes()
    start, end = data.index(b"<ext:RiskAlert"), data.index(b"</InterGov>")
    findings = validate(read(data[:start] + data[end:]), library, ON)
    assert {one.code for one in findings} == {"CAREC-R101"}
    assert "InterGov/ext:RiskAlert/ext:HandlingCode" in {one.pointer for one in findings}


def test_an_alert_of_unknown_severity_is_not_decoded_as_well(
    alert: RiskAlert, library: WcoLibrary
) -> None:
    document = encode_alert(
        dataclasses.replace(alert, severity=5), metadata=UZ, registry=library.registry
    )
    assert [one.code for one in validate(document, library, ON)] == ["CAREC-R112"]


def test_an_alert_that_cannot_be_read_says_why(alert: RiskAlert, library: WcoLibrary) -> None:
    data = encode_alert(alert, metadata=UZ, registry=library.registry).to_bytes()
    findings = validate(read(data.replace(b"<VersionID>1", b"<VersionID>one")), library, ON)
    assert [(one.code, one.pointer) for one in findings] == [("CAREC-R013", "InterGov/VersionID")]


def test_the_schema_has_the_last_word_where_nobody_else_spoke(
    alert: RiskAlert, library: WcoLibrary
) -> None:
    data = encode_alert(alert, metadata=UZ, registry=library.registry).to_bytes()
    findings = validate(read(data.replace(b"<VersionID>", b'<VersionID a="b">')), library, ON)
    assert [(one.code, one.pointer) for one in findings] == [("CAREC-X001", "InterGov/VersionID")]


def test_errors_come_before_warnings(alert: RiskAlert, library: WcoLibrary) -> None:
    data = encode_alert(alert, metadata=UZ, registry=library.registry).to_bytes()
    foreign = b'<Submitter><x:a xmlns:x="urn:x"/>'
    data = data.replace(b"<Submitter>", foreign).replace(b"<FunctionCode>9", b"<FunctionCode>8")
    severities = [one.is_error for one in validate(read(data), library, ON)]
    assert severities == sorted(severities, reverse=True)
    assert set(severities) == {True, False}
