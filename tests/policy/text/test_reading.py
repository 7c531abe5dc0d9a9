from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement import Agreement, Handling, Mode, Unexpected
from exchange_node.domain.agreement.grant_terms import AcknowledgeWithin, OnwardDefault
from exchange_node.domain.agreement.keys import walk
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.domain.movement import NOTICE_CODES
from exchange_node.policy.text.reading import read_agreement

MANIFESTS = "manifests-kz-uz"
UZBEKISTAN = """\
country = "UZ"
administration = "Customs Committee of the Republic of Uzbekistan"
node = "customs.uz"
"""
TAJIKISTAN = """\
country = "TJ"
administration = "T"
node = "customs.tj"
"""
KAZAKHSTAN = """\
country = "KZ"
administration = "A"
node = "customs.kz"
"""


def test_the_sample_says_what_it_says(sample: Agreement) -> None:
    manifests, alerts, back, *events = sample.grants

    assert sample.agreement_id == "urn:carec:maa:kz-uz:transit"
    assert (sample.version, sample.test) == (1, True)
    assert (sample.in_force_on, sample.expires_on) == (date(2026, 1, 1), date(2030, 12, 31))
    assert [one.node for one in sample.parties] == ["customs.kz", "customs.uz"]
    assert (manifests.grant_id, manifests.mode) == (MANIFESTS, Mode.ADVANCE)
    assert manifests.message_codes == ("TM-010", "TM-011", "TM-014")
    assert manifests.purposes == ("TRANSIT_CONTROL", "RISK_ANALYSIS")
    assert (manifests.handling, manifests.unexpected) == (Handling.RESTRICTED, Unexpected.REFUSE)
    assert (alerts.sender, alerts.recipient) == ("customs.kz", "customs.uz")
    assert (back.sender, back.recipient) == ("customs.uz", "customs.kz")
    assert alerts.mode is back.mode is Mode.SPONTANEOUS
    assert alerts.acknowledge_within_minutes == AcknowledgeWithin(
        flash=60, priority=480, routine=2880
    )
    assert {code for one in events for code in one.message_codes} == NOTICE_CODES | {"TM-013"}
    assert manifests.retention_days == 1095
    assert manifests.onward.default is OnwardDefault.FORBID
    assert sample.legal_basis[1].citation == "WTO Agreement on Trade Facilitation, 12"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("article 7", "article \N{REPLACEMENT CHARACTER}", "U+FFFD"),
        ("article 7", "article e\N{COMBINING ACUTE ACCENT}", "NFC"),
    ],
)
def test_characters_that_are_lost_or_not_composed_are_refused(
    old: str, new: str, why: str, sample_text: str
) -> None:
    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(sample_text.replace(old, new, 1), "agreement")

    assert refused.value.facts["place"] == "text"
    assert why in str(refused.value.facts["why"])


@pytest.mark.parametrize("sign", [r"\uFFFD", r"e\u0301"])
def test_an_escape_lets_no_such_character_in(sign: str, sample_text: str) -> None:
    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(sample_text.replace("article 7", f"article {sign}", 1), "agreement")

    assert "NFC" in str(refused.value.facts["why"])
    assert refused.value.facts["place"] != "text"


@pytest.mark.parametrize("value", ["1", "1.5"])
def test_an_unknown_key_says_nothing_to_a_terminal(value: str, sample_text: str) -> None:
    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(f'"\\u001b[2JALL GOOD" = {value}\n{sample_text}', "agreement")

    assert refused.value.facts["place"] == repr("\x1b[2JALL GOOD")


def test_the_sample_says_that_it_is_one(sample_text: str) -> None:
    assert "SAMPLE TEXT" in sample_text.splitlines()[0]


def test_the_sample_has_every_key_in_force_or_as_a_comment(sample_text: str) -> None:
    found = set()
    heading = ""
    for line in sample_text.splitlines():
        if table := re.fullmatch(r"(?:# )?\[\[?([a-z_.]+)\]\]?", line):
            heading = table.group(1)
            found.add(heading)
        elif entry := re.match(r"(?:# )?([a-z_0-9]+) = ", line):
            found.add(f"{heading}.{entry.group(1)}" if heading else entry.group(1))

    assert found == {place.replace("[]", "") for place, _ in walk(Agreement)}


def test_the_sample_explains_every_key_where_it_first_stands(sample_text: str) -> None:
    lines = sample_text.splitlines()
    seen: dict[str, int] = {}
    heading = ""
    for number, line in enumerate(lines):
        if table := re.fullmatch(r"(?:# )?\[\[?([a-z_.]+)\]\]?", line):
            heading = table.group(1)
            seen.setdefault(heading, number)
        elif entry := re.match(r"(?:# )?([a-z_0-9]+) = ", line):
            seen.setdefault(f"{heading}.{entry.group(1)}", number)

    assert [key for key, number in seen.items() if not lines[number - 1].startswith("#")] == []


def test_the_digest_is_that_of_the_canonical_json(sample_text: str, sample: Agreement) -> None:
    plain = tomllib.loads(sample_text)

    # RFC 8785, for texts without floats, of which all keys are ASCII: members in order, no blanks.
    canonical = json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat
    )

    assert '"in_force_on":"2026-01-01"' in canonical
    assert sample.digest == hashlib.sha256(canonical.encode()).hexdigest()


def test_comments_and_layout_do_not_change_the_digest(sample_text: str, sample: Agreement) -> None:
    bare = [line for line in sample_text.splitlines() if not line.lstrip().startswith("#")]
    top = next(i for i, line in enumerate(bare) if line.startswith("title = "))
    moved = [bare[top], *bare[:top], *bare[top + 1 :]]
    spaced = "\r\n".join(line.replace(" = ", "=", 1) + "  " for line in moved if line)

    assert spaced != sample_text
    assert read_agreement(spaced, "spaced") == sample


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version = 2"),
        ("test = true", "test = false"),
        ("expires_on = 2030-12-31", "expires_on = 2030-12-30"),
        ("max_days = 1095", "max_days = 1094"),
        ("Uzbekistan", "Uzbekistan,"),
        ('  "Declaration/IssueLocationID",\n', ""),
        ('"TRANSIT_CONTROL", "RISK_ANALYSIS"', '"RISK_ANALYSIS", "TRANSIT_CONTROL"'),
    ],
)
def test_every_value_changes_the_digest(
    old: str, new: str, sample_text: str, sample: Agreement
) -> None:
    changed = sample_text.replace(old, new, 1)

    assert changed != sample_text
    assert read_agreement(changed, "changed").digest != sample.digest


REFUSED = [
    # (what is replaced, what with, the place the error names, a part of its reason)
    ("version = 1\n", "", "version", "missing"),
    ("version = 1\n", "version = 1\ncolour = 1\n", "colour", "no such key"),
    ("version = 1\n", "version = true\n", "version", "whole number"),
    ("version = 1\n", "version = 0\n", "version", "want 1 to"),
    ("version = 1\n", "version = 1.5\n", "version", "floats"),
    ("version = 1\n", "version = 99999999999999999999\n", "text", "integer"),
    ("version = 1\n", "version = 1\nversion = 2\n", "text", "overwrite"),
    ("carec-agreement-1", "carec-agreement-2", "format", "want carec-agreement-1"),
    ("urn:carec:maa:kz-uz:transit", "urn carec", "agreement_id", "not of the form"),
    ("urn:carec:maa:kz-uz:transit", "u" * 71, "agreement_id", "not of the form"),
    ("test = true", 'test = "true"', "test", "true or false"),
    ("test = true", "test = 1", "test", "true or false"),
    ('title = "Sample', 'title = " Sample', "title", "blank"),
    ('title = "Sample', 'title = "\\u001b[2JSample', "title", "printable"),
    ('title = "Sample', 'title = "\\u202eSample', "title", "printable"),
    ('title = "Sample', f'title = "{"S" * 1000}ample', "line", "longer"),
    ("in_force_on = 2026-01-01", "in_force_on = 2031-01-01", "validity.expires_on", "before"),
    ("in_force_on = 2026-01-01", 'in_force_on = "2026-01-01"', "validity.in_force_on", "date"),
    ("in_force_on = 2026-01-01", "in_force_on = 2026-02-30", "text", ""),
    (
        "in_force_on = 2026-01-01",
        "in_force_on = 2026-01-01T00:00:00Z",
        "validity.in_force_on",
        "times of day",
    ),
    ("[validity]", "[validity]\nsigned_in = 2025-01-01", "validity.signed_in", "is signed_on"),
    ("# supersedes = 1", "supersedes = 1", "supersedes", "an earlier one alone"),
    ("date = 2014-11-27", "date = 2014-11-27T00:00:00Z", "legal_basis[2].date", "times of day"),
    ('language = "ru"', 'language = "Russian"', "parties[1].names[1].language", "as is uz-Cyrl"),
    ('availability_percent = "99.5"', "availability_percent = 99.5", "sla.availability_percent",
     "floats"),
    ('availability_percent = "99.5"', 'availability_percent = "101"', "sla.availability_percent",
     "not of the form"),
    ('forms = ["electronic", ', 'forms = ["telepathic", ', "requests.forms[1]", "want one of"),
    ("# [[grants.schema_versions]]",
     '[[grants.schema_versions]]\ncode = "RA-010"\nmin = 1\nmax = 1\n',
     "grants[1].schema_versions[1].code", "want one of TM-010"),
    ("# [[grants.schema_versions]]",
     '[[grants.schema_versions]]\ncode = "TM-010"\nmin = 2\nmax = 1\n',
     "grants[1].schema_versions[1].max", "want at least 2"),
    ("# [[grants.schema_versions]]",
     '[[grants.schema_versions]]\ncode = "TM-010"\nmin = 1\nmax = 1\n' * 2,
     "grants[1].schema_versions[2].code", "twice"),
    ('# fields = ["InterGov/ID"]', 'fields = ["InterGov/*"]', "grants[1].feedback.fields[1]",
     "no WCO path"),
    ("[validity]\n", "[[validity]]\n", "validity", "table"),
    ('country = "KZ"', 'country = "kz"', "parties[1].country", "not of the form"),
    ('country = "KZ"', 'country = "TJ"', "parties[1].node", "not the node of TJ"),
    ('node = "customs.kz"', 'node = "douane.kz"', "parties[1].node", "malformed"),
    (UZBEKISTAN, KAZAKHSTAN, "parties[2].node", "both sides"),
    ("[validity]", f"[[parties]]\n{TAJIKISTAN}\n[validity]", "parties", "want 2"),
    ('from = "customs.kz"\n', 'from = "customs.tj"\n', "grants[1].from", "customs.kz"),
    ('to = "customs.uz"\n', 'to = "customs.kz"\n', "grants[1].to", "from one party to the other"),
    ('id = "alerts-kz-uz"', f'id = "{MANIFESTS}"', "grants[2].id", "twice"),
    ('id = "alerts-kz-uz"', 'id = "a b"', "grants[2].id", "not of the form"),
    ('mode = "advance"', 'mode = "always"', "grants[1].mode", "on_request"),
    ('category = "manifest"', 'category = "gossip"', "grants[1].category", "risk_alert"),
    ('handling = "restricted"', 'handling = "RED"', "grants[1].handling", "confidential"),
    ('unexpected = "refuse"', 'unexpected = "keep"', "grants[1].unexpected", "hide"),
    ('"with_human"', '"without"', "grants[1].automated_decision", "forbid"),
    ("max_days = 1095", "max_days = 0", "grants[1].retention.max_days", "want 1 to"),
    ("max_days = 1095\n", "", "grants[1].retention.max_days", "missing"),
    ("max_days = 1095\n", "max_dais = 1095\n", "grants[1].retention.max_dais", "max_days"),
    ('["TM-010", "TM-011", "TM-014"]', '["TM-099"]', "grants[1].message_codes[1]", "TM-010"),
    ('["TM-010", "TM-011", "TM-014"]', '["SY-002"]', "grants[1].message_codes[1]", "TM-010"),
    ('["TM-010", "TM-011", "TM-014"]', "[]", "grants[1].message_codes", "at least 1"),
    ('["TM-010", "TM-011", "TM-014"]', '"TM-010"', "grants[1].message_codes", "list"),
    (
        '["TM-010", "TM-011", "TM-014"]', '["TM-010", "TM-010"]', "grants[1].message_codes[2]",
        "twice",
    ),
    ('["TM-010", "TM-011", "TM-014"]', "[10]", "grants[1].message_codes[1]", "text"),
    ('purposes = ["RISK_ANALYSIS"]', "purposes = []", "grants[2].purposes", "at least 1"),
    ('purposes = ["RISK_ANALYSIS"]', 'purposes = ["risk"]', "grants[2].purposes[1]", "form"),
    ('"Declaration/IssueLocationID"', '"Declaration/*"', "grants[1].allow[6]", "no WCO path"),
    ('"Declaration/IssueLocationID"', '"InterGov/ID"', "grants[1].allow[6]", "not within"),
    (
        '"Declaration/IssueLocationID"',
        '"Declaration/ObligationGuarantee/AccessCode"',
        "grants[1].allow[6]",
        "never travels",
    ),
    ('require = [\n  "Declaration/ID"', 'require = [\n  "Declaration/InvoiceAmount"',
     "grants[1].require[1]", "allow withholds it"),
    ('require = [\n  "InterGov/ID"', 'require = [\n  "InterGov/ext:RiskAlert/**"',
     "grants[2].require[1]", "no subtree"),
    ('code = "TM-011"\nminutes = 5', 'code = "TM-010"\nminutes = 5',
     "grants[1].told_within[2].code", "twice"),
    ("minutes = 1\n", "minutes = 0\n", "grants[1].told_within[1].minutes", "want 1 to"),
    ("flash = 60", "flash = 0", "grants[2].acknowledge_within_minutes.flash", "want 1 to"),
    ("flash = 60\n", "", "grants[2].acknowledge_within_minutes.flash", "missing"),
    ("flash = 60", "flash = 60\nsoon = 1", "grants[2].acknowledge_within_minutes.soon", "no such"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "why"), REFUSED)
def test_a_text_that_cannot_be_is_refused_with_its_place(
    old: str, new: str, place: str, why: str, sample_text: str
) -> None:
    changed = sample_text.replace(old, new, 1)
    assert changed != sample_text

    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(changed, "changed")

    assert refused.value.facts["which"] == "changed"
    assert refused.value.facts["place"].startswith(place)
    assert why in refused.value.facts["why"].lower() or why in refused.value.facts["why"]


@pytest.mark.parametrize(
    ("value", "place", "why"),
    [
        ("3", "grants", "want tables, each under [[grants]]"),
        ("[3]", "grants[1]", "want a table"),
        ("[]", "grants", "want at least 1"),
    ],
)
def test_grants_that_are_none_are_refused(
    value: str, place: str, why: str, sample_text: str
) -> None:
    head = sample_text.partition("[[grants]]")[0]

    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(f"grants = {value}\n{head}", "head")

    assert (refused.value.facts["place"], refused.value.facts["why"]) == (place, why)


def test_a_grant_that_allows_nothing_is_refused(sample_text: str) -> None:
    start = sample_text.index("allow = [")
    end = sample_text.index("\n]\n", start)

    with pytest.raises(InvalidAgreementError) as refused:
        read_agreement(sample_text[:start] + "allow = [" + sample_text[end:], "narrow")

    assert refused.value.facts["place"] == "grants[1].allow"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "a = 1\n" * 60_000,
        "a = " + "[" * 900,
        "a = " + "1" * 900,
        ".".join(["a"] * 400) + " = 1",
        "\n".join(f"[{'.'.join(['a'] * 400)}.b{i}]" for i in range(5)),
        "a = " + "9" * 4500,
        "\ufeffa = 1",
        "a = nan",
        "a = 07:32:00",
        "= 1",
        "",
    ],
    ids=range(12),
)
def test_a_hostile_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidAgreementError):
        read_agreement(text, "hostile")


def test_an_agreement_without_clocks_has_none(sample_text: str) -> None:
    start = sample_text.rindex("[grants.acknowledge_within_minutes]")
    end = sample_text.index("[personal_data]", start)

    read = read_agreement(sample_text[:start] + sample_text[end:], "clockless")

    assert read.grants[2].acknowledge_within_minutes is None


@given(st.text(max_size=200))
def test_laws_of_junk_only_our_error_comes_out(text: str) -> None:
    with pytest.raises(InvalidAgreementError):
        read_agreement(text, "junk")


@given(st.data())
def test_laws_of_a_meddled_text_it_is_refused_or_has_another_digest(
    sample_text: str, sample: Agreement, data: st.DataObject
) -> None:
    bare = "\n".join(
        line for line in sample_text.splitlines() if line and not line.strip().startswith("#")
    )
    at = data.draw(st.integers(0, len(bare) - 1))
    char = data.draw(st.sampled_from('a0".\n=[]#,-é '))
    meddled = bare[:at] + char + bare[at + 1 :]
    same = _plain(meddled) == _plain(bare)

    try:
        read = read_agreement(meddled, "meddled")
    except InvalidAgreementError:
        return

    assert (read.digest == sample.digest) is same


def _plain(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None
