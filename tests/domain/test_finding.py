from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.finding import Finding, Rule, Severity, has_errors

RULE = Rule(
    code="CAREC-T001",
    severity=Severity.ERROR,
    sentence="{pointer} is {value!r}, want {want}",
    mend="Write {want}.",
)


def test_a_finding_says_what_where_and_how_to_mend_it() -> None:
    finding = RULE.found(pointer="Declaration/ID", value="X", want="an MRN")

    assert finding.text == "Declaration/ID is 'X', want an MRN"
    assert finding.mend_text == "Write an MRN."
    assert finding.is_error


@given(st.text(), st.text(), st.text())
def test_laws_of_a_finding_written_and_read(pointer: str, value: str, want: str) -> None:
    finding = RULE.found(pointer=pointer, value=value, want=want)

    assert Finding.from_dict(json.loads(json.dumps(finding.as_dict()))) == finding


def test_a_warning_stops_nothing() -> None:
    warning = Rule(code="W", severity=Severity.WARNING, sentence="s", mend="m").found()

    assert not has_errors([warning])
    assert has_errors([warning, RULE.found(want="x")])
