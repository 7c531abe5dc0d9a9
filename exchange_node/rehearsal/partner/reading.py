"""Bytes → script, or every finding with its line and the way to mend it."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from exchange_node.domain.errors import InvalidScriptError, UnreadableInputError
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.rehearsal.partner import rules
from exchange_node.rehearsal.partner.action import Action
from exchange_node.rehearsal.partner.lines import Key, line_of, places
from exchange_node.rehearsal.partner.script import Script, Step

MOST_BYTES = 500_000
"""A script is written by hand (our choice)."""

MOST_LINE = 2_000
"""Characters of one line (our choice): the parser's time grows with the square of a dotted key."""

_SCRIPTS = Path(__file__).resolve().parent / "scripts"


def shipped_scripts() -> Mapping[str, Path]:
    """Return the scripts that come with the program, by name."""
    return {one.stem: one for one in sorted(_SCRIPTS.glob("*.toml"))}


def script_text(named: str) -> bytes:
    """Return the bytes of a script: one that is shipped, by name, or else a file.

    Raises:
        UnreadableInputError: there is no such file, or it is too large.
    """
    path = shipped_scripts().get(named, Path(named))
    if path.is_dir():
        raise UnreadableInputError(which=path, why="it is a folder", limit_bytes=MOST_BYTES)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as err:
        why = (err.strerror or str(err)).lower()
        raise UnreadableInputError(which=path, why=why, limit_bytes=MOST_BYTES) from None
    if len(content) > MOST_BYTES:
        why = f"it has more than {MOST_BYTES} bytes"
        raise UnreadableInputError(which=path, why=why, limit_bytes=MOST_BYTES)
    return content


def read_script(content: bytes) -> Script:
    """Return a script.

    Raises:
        InvalidScriptError: something is wrong with it; its findings say what and where.
    """
    script, findings = _read(content)
    if script is None or has_errors(findings):
        raise InvalidScriptError(findings)
    return script


def lint_script(content: bytes) -> tuple[Finding, ...]:
    """Return everything that is wrong with a script, in the order of its lines."""
    return _read(content)[1]


def script_schema() -> str:
    """Return the JSON Schema of scripts, for editors."""
    schema = Script.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _read(content: bytes) -> tuple[Script | None, tuple[Finding, ...]]:
    text, unread = _text(content)
    if unread is not None:
        return None, (unread,)
    try:
        plain = tomllib.loads(text)
    except (ValueError, RecursionError) as err:
        return None, (rules.NO_TOML.found(line=_told_line(str(err)), why=str(err)),)
    found = places(text)
    try:
        script = Script.model_validate(plain)
    except ValidationError as err:
        findings = [_finding(one, found) for one in err.errors(include_url=False)]
        return None, tuple(sorted(findings, key=lambda one: int(one.facts["line"])))
    return script, tuple(_checked(script, found))


def _text(content: bytes) -> tuple[str, Finding | None]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as err:
        line = content[: err.start].count(b"\n") + 1
        return "", rules.NO_TOML.found(line=line, why="it is not in UTF-8")
    for number, one in enumerate(text.split("\n"), start=1):
        if len(one) > MOST_LINE:
            return "", rules.NO_TOML.found(
                line=number, why=f"it is longer than {MOST_LINE} characters"
            )
    return text, None


def _told_line(why: str) -> str:
    """Return the line that the TOML parser names."""
    _, _, after = why.partition("(at line ")
    return after.partition(",")[0] if after else "1"


def _finding(error: Any, found: Mapping[Key, int]) -> Finding:  # noqa: ANN401 - pydantic's details
    key: Key = tuple(error["loc"])
    line, pointer = line_of(key, found), _said(key)
    if error["type"] == "extra_forbidden":
        known = _keys_at(key[:-1])
        near = difflib.get_close_matches(str(key[-1]), known, n=3) or known
        return rules.UNKNOWN_KEY.found(pointer=pointer, line=line, known=", ".join(near))
    if error["type"] == "missing":
        return rules.MISSING_KEY.found(pointer=pointer, line=line)
    why = str(error["msg"]).removeprefix("Value error, ")
    value = error.get("input")
    shown = value if isinstance(value, str | int | float) else ""
    return rules.WRONG_VALUE.found(
        pointer=pointer or "the script", value=str(shown)[:80], line=line, why=why
    )


def _said(key: Key) -> str:
    """Return a key as a person writes it: steps[2].when.arrives, counted from 1."""
    said = ""
    for one in key:
        said += f"[{one + 1}]" if isinstance(one, int) else f".{one}" if said else one
    return said


def _keys_at(key: Key) -> list[str]:
    """Return the keys that the table at a place may have."""
    model: type[BaseModel] = Script
    for step in key:
        if isinstance(step, int):
            continue
        named = {one.alias or name: one for name, one in model.model_fields.items()}
        of = named[step].annotation
        inside = [one for one in (of, *getattr(of, "__args__", ())) if isinstance(one, type)]
        model = next((one for one in inside if issubclass(one, BaseModel)), model)
    return [one.alias or name for name, one in model.model_fields.items()]


def _checked(script: Script, found: Mapping[Key, int]) -> Iterator[Finding]:
    """Yield what no single key shows."""
    country = script.plays.country
    if script.plays.office[:2] != country:
        yield rules.FOREIGN_OFFICE.found(
            pointer="plays.office", value=script.plays.office, country=country,
            line=line_of(("plays", "office"), found),
        )  # fmt: skip
    for key, action, arrives in _actions(script):
        if action.office is not None and action.office[:2] != country:
            yield rules.FOREIGN_OFFICE.found(
                pointer=_said((*key, "office")), value=action.office, country=country,
                line=line_of((*key, "office"), found),
            )  # fmt: skip
        if action.tell and not action.movement and not arrives.startswith("TM-"):
            yield rules.NO_MOVEMENT.found(pointer=_said(key), line=line_of(key, found))
    for number, step in enumerate(script.steps):
        for before, earlier in enumerate(script.steps[:number]):
            if _takes_all(earlier, step):
                yield rules.NEVER.found(
                    pointer=_said(("steps", number)),
                    line=line_of(("steps", number), found),
                    earlier=line_of(("steps", before), found),
                )
                break


def _actions(script: Script) -> Iterator[tuple[Key, Action, str]]:
    for number, one in enumerate(script.start):
        yield ("start", number), one, ""
    for place, step in enumerate(script.steps):
        for number, one in enumerate(step.then):
            yield ("steps", place, "then", number), one, step.when.arrives


def _takes_all(earlier: Step, step: Step) -> bool:
    """Return whether a step leaves nothing of what another waits for."""
    first, second = earlier.when, step.when
    return (
        first.arrives == second.arrives
        and first.sender in ("", second.sender)
        and fnmatchcase(second.movement, first.movement)
        and fnmatchcase(second.office, first.office)
        and first.times == type(first).model_fields["times"].default
    )
