from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange_node.domain.errors import InputError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.declaration import map_declaration
from exchange_node.mapping.drafting import Sources, draft
from exchange_node.mapping.facts import Facts
from exchange_node.mapping.golden.case import AT
from exchange_node.mapping.profile import read_profiles

LAW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TABLES = st.text(alphabet='ab1 .;,|\t"\n\rHI-/\u0416', max_size=200).map(str.encode)
TREES = st.recursive(
    st.text(max_size=12) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=4),
    max_leaves=12,
).map(lambda tree: json.dumps(tree).encode())  # fmt: skip


def drafted_and_mapped(data: bytes, sources: Sources) -> None:
    try:
        made = draft("draft", [data], sources)
    except InputError:
        return
    profile = read_profiles({"draft": made.toml}).by_name["draft"]
    map_declaration(
        data, profile, Facts(), sources.library, sender=PartyId.of_country("KZ"),
        agency="Customs", at=AT, reference="R-1",
    )  # fmt: skip


@LAW
@given(data=st.binary(max_size=120) | TABLES | TREES)
def test_laws_any_bytes_are_drafted_from_or_refused_with_one_of_our_errors(
    data: bytes, sources: Sources
) -> None:
    drafted_and_mapped(data, sources)


UNREAD = ("edifact/CUSREP_D99B.edi", "ncts_ctc/cc007c-valid.xml", "ncts_ctc/cc013c-valid.xml",
          "ncts_ctc/cc044c-valid.xml",
          "hmrc_ile_movement/TT_EX038a_Movement_Messages_Exports_Movement_Request.xml")  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_real_files_that_no_profile_reads_are_drafted_from_and_mapped(
    name: str, corpus: Path, sources: Sources
) -> None:
    drafted_and_mapped((corpus / name).read_bytes(), sources)
