"""`rules.toml` → the rule set that decides; a node's own replaces the shipped one."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.intake import parse_toml
from exchange_node.config.settings.files import read_text
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.risk.deciding.rules import ChannelRule, Ground, Line, RandomShare, RuleSet, flaw

RULES_FILE = "rules.toml"
MOST_CHANNELS = 20
MOST_MEASURES = 20

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Rule = Annotated[str, Field(pattern=r"^CH-[0-9]{2,4}$")]
Measures = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")], ...],
    Field(max_length=MOST_MEASURES),
]
Severity = Annotated[int, Field(ge=1, le=4)]

TAKEN = frozenset({"CH-00", "CH-80", "CH-90", "CH-95"})
"""Rule ids that the function itself uses."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Channel(_Section):
    code: Code
    strength: Annotated[int, Field(ge=0, le=1000)]
    measures: Measures = ()
    calls: bool = False


class _Line(_Section):
    rule: Rule
    ground: Ground
    severities: Annotated[tuple[Severity, ...], Field(min_length=1, max_length=4)]
    channel: Code


class _Random(_Section):
    per_million: int
    test_per_million: int = 0
    channel: Code
    measures: Measures = ()


class _File(_Section):
    name: Annotated[str, Field(min_length=1, max_length=70)]
    quiet: Code
    channel: Annotated[tuple[_Channel, ...], Field(min_length=2, max_length=MOST_CHANNELS)]
    line: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=16)]
    random: _Random


def read_rules(text: str, name: str = RULES_FILE) -> RuleSet:
    """Return the rule set that a text is.

    Raises:
        InvalidSettingError: it is no TOML, a key is unknown or unusable, or the rules are unsound.
    """
    plain = parse_toml(text, name)
    try:
        # As JSON lists become tuples and codes enumerations, while 1 stays apart from "1".
        file = _File.model_validate_json(json.dumps(plain, default=str))
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{name}, {place}", why=first["msg"]) from None
    rules = RuleSet(
        name=file.name,
        quiet=file.quiet,
        channels=tuple(ChannelRule(**one.model_dump()) for one in file.channel),
        lines=tuple(Line(**one.model_dump()) for one in file.line),
        share=RandomShare(**file.random.model_dump()),
    )
    taken = next((one.rule for one in rules.lines if one.rule in TAKEN), None)
    wrong = (f"line {taken}", "the function itself uses this rule id") if taken else flaw(rules)
    if wrong is not None:
        raise InvalidSettingError(where=f"{name}, {wrong[0]}", why=wrong[1])
    return rules


def rules_of(folder: Path | None, shipped_file: Path) -> RuleSet:
    """Return the rule set of a node's folder; the shipped one where it has none of its own.

    Raises:
        InvalidSettingError: as `read_rules`.
    """
    own = folder / RULES_FILE if folder is not None else None
    if own is None or not own.exists():
        return _shipped(shipped_file)
    return read_rules(read_text(own))


@lru_cache(maxsize=1)
def _shipped(path: Path) -> RuleSet:
    return read_rules(read_text(path))
