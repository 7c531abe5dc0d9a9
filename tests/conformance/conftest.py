from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange_node.config import shipped
from exchange_node.domain.errors import UncoveredMessageError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Facts, Mapped, detect, findings, map_declaration, read_facts
from exchange_node.wco.notation import path_of
from exchange_node.wco.rules import structure_rules, validate

HERE = Path(__file__).parent
PROFILES = shipped.national_profiles()
ON = date(2026, 3, 2)
Told = dict[str, object]
Cross = Callable[..., tuple[Mapped, tuple[Finding, ...]]]


@pytest.fixture(name="cross", scope="session")
def _cross() -> Cross:
    """Map a real file with the shipped profiles and validate what came of it."""
    library = shipped.library()

    def cross(
        path: Path, sender: str, facts: Path | None = None
    ) -> tuple[Mapped, tuple[Finding, ...]]:
        data = path.read_bytes()
        mapped = map_declaration(
            data,
            detect(data, PROFILES),
            read_facts(facts.read_text(encoding="utf-8")) if facts else Facts(),
            library,
            sender=PartyId.of_country(sender),
            agency="Customs",
            at=datetime(2026, 3, 2, 8, tzinfo=UTC),
            reference="R-1",
        )
        return mapped, validate(mapped.document, library, ON)

    return cross


def outcome(path: Path, cross: Cross, sender: str, facts: Path | None = None) -> Told:
    """Return what became of a file, in the words of expect.toml."""
    try:
        mapped, said = cross(path, sender, facts)
    except UncoveredMessageError as err:
        return {"uncovered": err.facts["what"]}
    missing = [one.pointer for one in mapped.findings if one.code == findings.MISSING.code]
    wrong = sorted(
        {
            f"{one.code} {one.pointer}"
            for one in mapped.findings
            if one.is_error and one.code != findings.MISSING.code
        }
    )
    told: Told = {"refused": missing} if missing or wrong else {"mapped": mapped.profile}
    if wrong:
        told["wrong"] = wrong
    # What the node itself or a constant of the profile fills needs nobody to bring it.
    fills = PROFILES.by_name[mapped.profile].fills
    unsaid = [
        one.pointer
        for one in said
        if one.code == structure_rules.MISSING.code
        and one.pointer not in missing
        and fills.get(path_of(one.pointer)) != ()
    ]
    assert not unsaid, f"mapping did not name {unsaid}"
    return told


def expectations(folder: str) -> Iterator[tuple[str, Told]]:
    """Yield what expect.toml of a folder says, file by file."""
    text = (HERE / folder / "expect.toml").read_text(encoding="utf-8")
    yield from tomllib.loads(text).items()
