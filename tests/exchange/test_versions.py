"""Two nodes, one of which takes a second version of our documents from a day on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.wco.document import read
from exchange_node.wco.notation import path_of
from tests.wco.customisation.versions import write_version_2
from tests.world import NATIONAL, Pair

OPTIONAL = "Declaration/Consignment/ConsignmentItem/GoodsMeasure/NetNetWeightMeasure"
REQUIRED = "Declaration/Consignment/DepartureTransportMeans/ID"
TAKES = 'schema_versions = [{{ version = "2.0", from = {day}, overlap_days = {overlap} }}]\n'


def agree(
    tmp_path: Path, pair: Pair, *, day: str, overlap: int = 0, without: Sequence[str] = ()
) -> None:
    """Let Uzbekistan take version 2 from a day on, and Kazakhstan know it from its card."""
    line = TAKES.format(day=day, overlap=overlap)
    for name in ("kz", "uz"):
        write_version_2(tmp_path / name, without)
    settings = tmp_path / "uz" / "node.toml"
    text = re.sub("(?m)^schema_versions = .*\n", "", settings.read_text("utf-8"))
    settings.write_text(text.replace("[node]\n", f"[node]\n{line}"), "utf-8")
    card = tmp_path / "kz" / "partners" / "customs.uz.toml"
    card.write_text(line + card.read_text("utf-8"), "utf-8")
    pair.restart("kz")
    pair.restart("uz")


def test_a_manifest_arrives_in_the_version_that_the_partner_takes(
    tmp_path: Path, pair: Pair
) -> None:
    agree(tmp_path, pair, day="2026-01-01")

    submitted = pair.submit()
    pair.run()

    assert pair.state_of(submitted) == "accepted"
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=9)
        kept = read(payloads.fetch(conn, held.document_id, pair.uz.filing.opening.vault))
        view = pair.uz.dispatch.holding.manifest_of(conn, held)
    assert kept.header["AgencyAssignedCustomizationVersionCode"] == "2.0"
    assert kept.value("Declaration/HolderOfTransit/Name")
    assert view.declarant is not None


def test_a_manifest_in_a_version_that_has_ended_is_refused(tmp_path: Path, pair: Pair) -> None:
    agree(tmp_path, pair, day="2026-01-01")
    card = tmp_path / "kz" / "partners" / "customs.uz.toml"
    card.write_text(card.read_text("utf-8").partition("\n")[2], "utf-8")
    pair.restart("kz")

    submitted = pair.submit()
    pair.run()

    assert pair.state_of(submitted) == "rejected"


def test_what_the_partners_version_has_no_place_for_is_said_and_the_rest_goes(
    tmp_path: Path, pair: Pair
) -> None:
    agree(tmp_path, pair, day="2026-01-01", without=[OPTIONAL])

    submitted = pair.submit()
    pair.run()

    answer = pair.kz.enquiry.submission(NATIONAL, submitted)
    lost = [one for one in answer["findings"] if one["code"] == "CAREC-R028"]
    assert answer["state"] == "accepted"
    assert {path_of(one["pointer"]) for one in lost} == {OPTIONAL}
    assert {one["severity"] for one in lost} == {"warning"}


def test_what_the_grant_requires_and_the_partners_version_has_no_place_for_is_refused_here(
    tmp_path: Path, pair: Pair
) -> None:
    agree(tmp_path, pair, day="2026-01-01", without=[REQUIRED])

    submitted = pair.submit()

    answer = pair.kz.enquiry.submission(NATIONAL, submitted)
    assert answer["state"] == "refused"
    assert "CAREC-R030" in {one["code"] for one in answer["findings"]}


def unfit_answer(tmp_path: Path, pair: Pair, *without: str) -> str:
    """Let Uzbekistan answer in a version that lacks elements; return what a person is told."""
    write_version_2(tmp_path / "uz")
    registry = tmp_path / "uz" / "versions" / "2.0" / "registry" / "wco_ids.tsv"
    rows = registry.read_text("utf-8").splitlines()
    kept = [one for one in rows if not any(f"\t{path}\t" in one for path in without)]
    registry.write_text("\n".join(kept) + "\n", "utf-8")
    card = tmp_path / "uz" / "partners" / "customs.kz.toml"
    card.write_text(TAKES.format(day="2026-01-01", overlap=0) + card.read_text("utf-8"), "utf-8")
    pair.restart("uz")
    pair.submit()
    pair.run()
    (told,) = [one for one in pair.told["uz"].told.values() if one.code == "answer.unfit"]
    return dict(told.facts)["why"]


def test_an_answer_that_has_no_place_in_the_partners_version_goes_and_a_person_is_told(
    tmp_path: Path, pair: Pair
) -> None:
    assert "IssueDateTime" in unfit_answer(tmp_path, pair, "Response/IssueDateTime")


def test_a_person_is_told_what_makes_an_answer_unfit_and_not_what_is_merely_left_out(
    tmp_path: Path, pair: Pair
) -> None:
    why = unfit_answer(tmp_path, pair, "Response/Declaration/ID", "Response/ext:AnsweredMessageID")

    assert why.startswith("Response/ext:AnsweredMessageID is obligatory")


def test_a_version_that_is_not_there_stops_the_node(tmp_path: Path, pair: Pair) -> None:
    card = tmp_path / "kz" / "partners" / "customs.uz.toml"
    line = TAKES.format(day="2026-01-01", overlap=0).replace("2.0", "7.0")
    card.write_text(line + card.read_text("utf-8"), "utf-8")

    with pytest.raises(InvalidSettingError, match=r"7\.0"):
        pair.restart("kz")
