from __future__ import annotations

import pytest

from exchange_node.domain.errors import (
    UncoveredMessageError,
    UnknownFormatError,
    UnreadableDeclarationError,
)
from exchange_node.mapping import findings, opened, read_profiles
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.sources.edifact import interchange
from tests.mapping.sources.conftest import Read

CUSCAR = """
[detect]
messages = ["CUSCAR"]
[family]
name = "customs EDIFACT"
messages = "CUS[A-Z]{3}"
[read]
kind = "edifact"
[read.groups]
UNH = ["BGM", "LOC", "RFF", "CNI", "CNT", "UNT"]
CNI = ["RFF", "GID", "NAD"]
GID = ["FTX", "MEA"]
"CNI/RFF" = ["DTM"]
[read.elements]
LOC = ["3227", "C517: 3225 1131 3055"]
FTX = ["4451", "4453", "C107", "C108: 4440 4440"]
"""
HEAD = "UNB+UNOC:3+S+R+260301:1200+1'UNH+1+CUSCAR:D:99B:UN'"


def test_segments_stand_in_their_groups_and_elements_under_their_names(read: Read) -> None:
    told = read(
        CUSCAR,
        HEAD + "BGM+785+M1+9'\nLOC+5+KZALA:139:6'\nCNI+1+W1'\nRFF+AAM:B1'DTM+137:20260301:102'\n"
        "GID+1+600:CT'\nFTX+AAA+++apples:red'\nGID+2'\nFTX+AAA+++nuts'\nCNI+2'\nGID+1'\n"
        "CNT+5:2'\nUNT+14+1'UNZ+1+1'",
    )

    leaves = dict(told.leaves)
    assert leaves["LOC/C517/3225"] == "KZALA"
    assert leaves["BGM/2"] == "M1"
    assert leaves["CNI[1]/RFF/1"] == "AAM"
    assert leaves["CNI[1]/RFF/1/2"] == "B1"
    assert leaves["CNI[1]/RFF/DTM/1/2"] == "20260301"
    assert leaves["CNI[1]/GID[1]/FTX/C108/4440[2]"] == "red"
    assert leaves["CNI[1]/GID[2]/FTX/C108/4440"] == "nuts"
    assert leaves["CNI[2]/GID/1"] == "1"
    assert leaves["CNT/1/2"] == "2"
    assert dict(told.lines)["CNI[1]/GID[2]/FTX/C108/4440"] == 8
    assert told.codes == []


def test_what_is_around_the_message_is_its_envelope(read: Read) -> None:
    told = read(CUSCAR, HEAD + "BGM+1'UNT+3+1'UNH+2+CUSREP:D:99B:UN'BGM+2'UNT+3+2'UNZ+2+1'")

    assert [text for path, text in told.leaves if path == "BGM/1"] == ["1"]
    assert {"UNOC", "260301", "CUSREP"} <= {text for _, text in told.envelope}
    assert told.source.bodies == 1


def test_a_segment_that_no_group_knows_is_a_leaf_and_closes_nothing(read: Read) -> None:
    told = read(CUSCAR, HEAD + "CNI+1'GID+1'XYZ+odd'FTX+AAA+++nuts'UNT+6+1'UNZ+1+1'")

    assert ("CNI/GID/XYZ/1", "odd") in told.leaves
    assert ("CNI/GID/FTX/C108/4440", "nuts") in told.leaves


def test_the_service_string_advice_and_the_release_character_are_heeded(read: Read) -> None:
    told = read(CUSCAR, "UNA|*.!  \nUNH*1*CUSCAR|D|99B \nFTX*AAA***a!*b|c!!d ".replace(" ", "~"))

    assert told.leaves[-2:] == [("FTX/C108/4440[1]", "a*b"), ("FTX/C108/4440[2]", "c!d")]


def test_without_a_release_character_blanks_are_blanks(read: Read) -> None:
    told = read(CUSCAR, "UNA:+.  'UNH+1+CUSCAR'FTX+AAA+++red apples'UNT+3+1'")

    assert ("FTX/C108/4440", "red apples") in told.leaves


def test_a_truncated_interchange_is_read_as_far_as_it_goes(read: Read) -> None:
    told = read(CUSCAR, HEAD + "\nCNI+1'\nGID+1+6")

    assert ("CNI/GID/2", "6") in told.leaves
    assert [(code, facts["line"]) for code, facts in told.findings] == [
        (findings.BROKEN.code, "3"), (findings.CUT_OFF.code, "3"), (findings.CUT_OFF.code, "3"),
    ]  # fmt: skip


def test_control_counts_that_do_not_hold_are_found(read: Read) -> None:
    told = read(CUSCAR, HEAD + "CNI+1'\nUNT+9+1'UNZ+2+1'")

    assert [(code, facts["segment"], facts["count"]) for code, facts in told.findings] == [
        (findings.WRONG_COUNT.code, "UNT", "3"), (findings.WRONG_COUNT.code, "UNZ", "1"),
    ]  # fmt: skip


def test_what_is_no_segment_costs_itself_alone(read: Read) -> None:
    told = read(CUSCAR, HEAD + "cni+1'GID+1'UNT+4+1'UNZ+1+1'")

    assert ("unknown", "cni+1'") in told.leaves
    assert ("GID/1", "1") in told.leaves
    assert told.codes == [findings.BROKEN.code, findings.STRAY_GROUP.code]


def test_letters_are_read_in_the_repertoire_that_the_header_names(read: Read) -> None:
    data = HEAD.replace("UNOC", "UNOE") + "CNI+яблоки'UNT+3+1'UNZ+1+1'"

    assert ("CNI/1", "яблоки") in read(CUSCAR, data.encode("iso-8859-5")).leaves


def test_bytes_beyond_the_repertoire_are_found(read: Read) -> None:
    data = HEAD.replace("UNOC", "UNOA") + "CNI+яблоки'UNT+3+1'UNZ+1+1'"

    told = read(CUSCAR, data.encode("windows-1251"))

    assert told.findings[0][0] == findings.UNDECODABLE.code
    assert told.findings[0][1]["encoding"] == "ASCII"


@pytest.mark.parametrize("text", ["UNA::.? '", "UNA:+.? A", "UNA:+", "UNB+", "UNA:+.? '  "])
def test_what_has_no_segment_or_no_separators_is_refused(read: Read, text: str) -> None:
    with pytest.raises((UnreadableDeclarationError, UnknownFormatError)) as caught:
        read(CUSCAR, text)

    assert "EDIFACT" in str(caught.value)


def test_another_message_of_the_family_names_itself() -> None:
    profile = read_profiles({"test": CUSCAR}).by_name["test"]
    other = opened(b"UNB+UNOC:3+S+R+260301:1200+1'UNH+1+CUSREP:D:99B:UN'UNT+2+1'UNZ+1+1'")

    with pytest.raises(UncoveredMessageError, match="CUSREP"):
        read_as(other, profile)


def test_groups_out_of_place_stand_below_the_message_side_by_side(read: Read) -> None:
    told = read(CUSCAR, HEAD + "GID+1'FTX+AAA'GID+2'FTX+BBB'GID+3'UNT+7+1'UNZ+1+1'")

    assert ("GID[1]/FTX/4451", "AAA") in told.leaves
    assert ("GID[2]/FTX/4451", "BBB") in told.leaves
    assert ("GID[3]/1", "3") in told.leaves
    assert told.codes == [findings.STRAY_GROUP.code] * 3


def test_a_group_that_a_profile_puts_into_itself_does_not_nest_without_end(read: Read) -> None:
    profile = CUSCAR.replace('GID = ["FTX"', 'GID = ["GID", "FTX"')
    many = "".join(f"GID+{number}'" for number in range(200))

    told = read(profile, HEAD + "CNI+1'" + many + "UNT+203+1'UNZ+1+1'")

    assert max(path.count("/") for path, _ in told.leaves) == interchange.MAX_GROUPS + 1
    assert len([path for path, _ in told.leaves if "GID" in path]) == 200
