"""Golden examples of national profiles: read from folders · tried · their expectation written anew.

They lie below `national/examples/<profile>/`, of the shipped profiles and of a node's own. Where a
node has examples of a profile's name itself, the shipped ones of that name are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exchange_node.config.intake import read_file
from exchange_node.config.shipped import library, national_profiles, shipped
from exchange_node.domain.errors import InvalidExampleError, NodeError, UnwritableOutputError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.declaration import detect, map_declaration, named, opened
from exchange_node.mapping.facts import Facts
from exchange_node.mapping.golden import Case, Difference, Trial, tried
from exchange_node.mapping.golden.case import AT, DOCUMENT, EXPECTED, FACTS, UNKNOWN

EXAMPLES = "examples"
EXAMPLE_BYTES = 20_000_000
"""Largest file of an example that is read: as large as a declaration may be."""
_BESIDE = (DOCUMENT, EXPECTED, FACTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one example, and the declaration that it is of."""

    path: Path
    trial: Trial

    @property
    def title(self) -> str:
        """Profile and name."""
        return self.trial.case.title

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is not as expected."""
        return self.trial.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of one file a profile covers; `error` where it could not be mapped at all."""

    path: Path
    profile: str = ""
    coverage: float = 0.0
    leaves: int = 0
    errors: int = 0
    error: str = ""


def profiles_with_examples(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return every profile of a node's folder by name, with the declarations of its examples.

    Raises:
        InvalidProfileError: a profile cannot be used as it is written.
        InvalidExampleError: two declarations of a profile have the same name.
    """
    own = folder / "national"
    names = national_profiles(own).names
    return {name: tuple(_declarations(_home(name, own))) for name in names}


def try_examples(folder: Path, names: tuple[str, ...], *, sender: str = "") -> Iterator[Tried]:
    """Map and check the examples of profiles again; all of them where none is named.

    Raises:
        UnknownFormatError: there is no profile of a name.
        InvalidProfileError, InvalidExampleError: a profile or an example cannot be used.
        UnreadableInputError: a file cannot be read.
    """
    own = folder / "national"
    profiles, lists = national_profiles(own), library(folder / "codelists")
    there = profiles_with_examples(folder)
    for name in names or profiles.names:
        profile = named(name, profiles)
        for path in there[name]:
            yield Tried(
                path=path,
                trial=tried(_case(name, path), profile, profiles, lists, sender=sender),
            )


def write_expectation(one: Tried) -> None:
    """Write what came of an example as what is expected of it from now on.

    Raises:
        UnwritableOutputError: its folder cannot be written to.
    """
    document = _beside(one.path, DOCUMENT)
    try:
        _beside(one.path, EXPECTED).write_text(one.trial.found.as_toml(), encoding="utf-8")
        if one.trial.document:
            document.write_bytes(one.trial.document)
        else:
            document.unlink(missing_ok=True)
    except OSError as err:
        raise UnwritableOutputError(what=one.path.parent, why=err.strerror or str(err)) from None


def coverage_of(folder: Path, files: Path) -> Iterator[Covered]:
    """Map a file, or each below a folder, by the profile that recognises it; say what is covered.

    Raises:
        InvalidProfileError: a profile cannot be used as it is written.
    """
    profiles, lists = national_profiles(folder / "national"), library(folder / "codelists")
    every = [files] if files.is_file() else files.rglob("*")
    for path in sorted(one for one in every if one.is_file()):
        try:
            declaration = opened(read_file(path, EXAMPLE_BYTES))
            profile = detect(declaration, profiles)
            mapped = map_declaration(
                declaration, profile, Facts(), lists, sender=PartyId.of_country(UNKNOWN),
                agency="Customs", at=AT, reference="coverage",
            )  # fmt: skip
        except NodeError as err:
            yield Covered(path=path, error=err.code)
            continue
        yield Covered(
            path=path,
            profile=profile.name,
            coverage=mapped.report.coverage,
            leaves=mapped.report.columns.leaves,
            errors=sum(one.is_error for one in mapped.findings),
        )


def _home(profile: str, own: Path) -> Path:
    folder = own / EXAMPLES / profile
    return folder if folder.is_dir() else shipped("config", "national") / EXAMPLES / profile


def _declarations(folder: Path) -> list[Path]:
    """Return the declarations in a folder of examples: what is none of the files beside one."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*")):
        if not path.is_file() or path.name.startswith(".") or path.name.endswith(_BESIDE):
            continue
        if path.stem in found:
            title = f"{folder.name}/{path.stem}"
            why = f"{found[path.stem].name} and {path.name} would have one expectation"
            raise InvalidExampleError(example=title, why=why)
        found[path.stem] = path
    return list(found.values())


def _beside(declaration: Path, ending: str) -> Path:
    return declaration.with_name(declaration.stem + ending)


def _case(profile: str, path: Path) -> Case:
    def beside(ending: str) -> bytes:
        there = _beside(path, ending)
        return read_file(there, EXAMPLE_BYTES) if there.exists() else b""

    return Case(
        profile=profile,
        name=path.stem,
        declaration=read_file(path, EXAMPLE_BYTES),
        facts=beside(FACTS).decode("utf-8", "replace"),
        document=beside(DOCUMENT),
        expected=beside(EXPECTED).decode("utf-8", "replace"),
    )
