"""The package, walked: every error, rule, gate check and channel line that it can say.

What is found this way is what the documentation lists and what the message catalogues translate.
Objects are found by importing every module; sentences that stand in a call are found in the source.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import exchange_node
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import walk
from exchange_node.domain.errors import NodeError
from exchange_node.domain.finding import Rule
from exchange_node.policy.export import (
    BY_CONSENT,
    EXPORT_CHECKS,
    FREELY,
    STANDING,
    ExportCode,
)
from exchange_node.policy.showing.phrases import Phrase
from exchange_node.policy.verdict import ALLOWED, CHECKS, Check, Code
from exchange_node.policy.viewing import SEEN, VIEW_CHECKS, ViewCode
from exchange_node.risk.deciding.ruling import (
    DRAWN,
    DRAWN_REASON,
    LEFT,
    LEFT_REASON,
    NO_HIT,
    NO_HIT_REASON,
    SENTENCES,
    UNVERIFIABLE_REASON,
)
from exchange_node.services.stations.deciding.standing import OVERRULED, OVERRULED_REASON

PACKAGE = Path(exchange_node.__file__).resolve().parent
SAID = ("sentence", "mend", "denial", "question", "reason")
"""Names under which a template for a person stands, as a keyword or as a class attribute."""

_SCRIPTS = "exchange_node.store.migrations."  # they run inside Alembic alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a rule stands: the module and the name it has there."""

    module: str
    name: str
    rule: Rule

    @property
    def room(self) -> str:
        """The room that the rule belongs to."""
        return self.module.split(".")[1]


def modules() -> tuple[ModuleType, ...]:
    """Return every module of the package, imported, in the order of their names."""
    names = sorted(
        found.name
        for found in pkgutil.walk_packages(exchange_node.__path__, "exchange_node.")
        if not found.name.startswith(_SCRIPTS)
    )
    return tuple(importlib.import_module(name) for name in names)


def rules() -> tuple[Place, ...]:
    """Return every numbered rule with the module that defines it, in the order of the numbers."""
    found: dict[int, Place] = {}
    for module in modules():
        own = assigned(module)
        for name, value in vars(module).items():
            if isinstance(value, Rule) and name in own:
                found[id(value)] = Place(module=module.__name__, name=name, rule=value)
    return tuple(sorted(found.values(), key=lambda one: (one.rule.code, one.module, one.name)))


def leaves(top: type[NodeError] = NodeError) -> tuple[type[NodeError], ...]:
    """Return every error of the package that no other is derived from, in the order of codes."""
    modules()
    found: dict[str, type[NodeError]] = {}

    def descend(each: type[NodeError]) -> None:
        children = [one for one in each.__subclasses__() if one.__module__.startswith(PACKAGE.name)]
        if not children:
            found[each.code] = each
        for child in children:
            descend(child)

    descend(top)
    return tuple(found[code] for code in sorted(found))


def checks() -> tuple[tuple[Code | ViewCode, Check], ...]:
    """Return every check of the gates with the code of its denial, in the order of asking."""
    return (*CHECKS.items(), *VIEW_CHECKS.items())


def export_checks() -> tuple[tuple[ExportCode, Check], ...]:
    """Return every check of the export gate with the code of its denial, in the order of asking."""
    return tuple(EXPORT_CHECKS.items())


def messages() -> dict[str, tuple[str, ...]]:
    """Return every template that is said to a person, with what says it: message id → codes."""
    said: dict[str, set[str]] = {}
    for error in leaves():
        said.setdefault(error.sentence, set()).add(error.code)
        said.setdefault(error.mend, set()).add(f"{error.code}, mend")
    for place in rules():
        said.setdefault(place.rule.sentence, set()).add(place.rule.code)
        said.setdefault(place.rule.mend, set()).add(f"{place.rule.code}, mend")
    for code, check in checks():
        said.setdefault(check.question, set()).add(f"{code}, question")
        said.setdefault(check.denial, set()).add(code.value)
    for exported, check in export_checks():
        said.setdefault(check.question, set()).add(f"{exported}, question")
        said.setdefault(check.denial, set()).add(exported.value)
        said.setdefault(check.mend, set()).add(f"{exported}, mend")
    for template in (FREELY, STANDING, BY_CONSENT):
        said.setdefault(template, set()).add("ALLOW, export")
    for ground, sentence in SENTENCES.items():
        said.setdefault(sentence, set()).add(f"channel by {ground.value}")
    said.setdefault(DRAWN_REASON, set()).add(DRAWN)
    said.setdefault(UNVERIFIABLE_REASON, set()).add(DRAWN)
    said.setdefault(OVERRULED_REASON, set()).add(OVERRULED)
    said.setdefault(NO_HIT_REASON, set()).add(NO_HIT)
    said.setdefault(LEFT_REASON, set()).add(LEFT)
    said.setdefault(ALLOWED, set()).add(Code.ALLOW.value)
    said.setdefault(SEEN, set()).add(ViewCode.ALLOW.value)
    for template, where in agreement_phrases():
        said.setdefault(template, set()).add(where)
    for template, where in written():
        if template not in said:
            said[template] = {where}
    said.pop("", None)
    return {template: tuple(sorted(said[template])) for template in sorted(said)}


def agreement_phrases() -> Iterator[tuple[str, str]]:
    """Yield what is said of each key of an agreement, of its words and around them."""
    for place, one in walk(Agreement):
        yield one.key.meaning, f"agreement, {place}"
        for word in one.words or ():
            yield word.said, f"agreement, {place} = {word.value}"
    for phrase in Phrase:
        yield phrase.value, "agreement show, agreement diff"


def written() -> Iterator[tuple[str, str]]:
    """Yield each template that stands in the source, with its module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))):
                    if name in SAID and " " in text:  # a code is no sentence
                        yield text, where
                case ast.ClassDef(body=body):
                    yield from ((text, where) for name, text in _attributes(body) if name in SAID)
                case _:
                    continue


def notices() -> tuple[str, ...]:
    """Return the codes that notices are left under; `{}` stands for what is filled in."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="leave_notice"), args=[_, code, *_]):
                    found.add(_text(code))
                case _:
                    continue
    return tuple(sorted(found))


def assigned(module: ModuleType, *, classes: bool = False) -> set[str]:
    """Return the names that a module itself gives to values, or to classes; not what it imports."""
    if module.__file__ is None:  # pragma: no cover - every module of ours is a file
        return set()
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    if classes:
        return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _attributes(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ):
                yield name, text
            case _:
                continue


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(one) for one in values)
        case _:
            return "{}"
