"""Texts of profiles → compiled profiles: read the TOML · take over what is extended · compile.

A profile that extends another takes everything over from it; what it writes itself replaces the
line, the group setting or the code of the same name, and `off = true` takes one out. Lists of
drops and checks are added to. Detection is its own: a profile without one is used by name only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping.profile.compiling import (
    Surroundings,
    expression,
    group,
    path,
    pattern,
    surroundings,
    zone_at,
)
from exchange_node.mapping.profile.naming import filled_by, named_by
from exchange_node.mapping.profile.national import with_national_fields
from exchange_node.mapping.profile.numbers import Plain
from exchange_node.mapping.profile.profile import (
    CrossCheck,
    Drop,
    Family,
    Group,
    Profile,
    Profiles,
)
from exchange_node.mapping.profile.recognition import detection
from exchange_node.mapping.profile.table import Table
from exchange_node.wco.notation import Kind

KEYS = (
    *("title", "extends", "document", "detect", "read", "family", "zone", "zones", "dates"),
    *("pivot", "clock_change", "number", "units", "valid_on", "languages", "crosswalks"),
    *("groups", "national", "drop", "check"),
)
ADDED = ("drop", "check", "national")
TOP = "declaration"
DOCUMENTS = ("transit-manifest", "goods-declaration")
"""What a profile may write."""


def read_profiles(files: Mapping[str, str]) -> Profiles:
    """Compile every profile: name → TOML text.

    Raises:
        InvalidProfileError: a text is no TOML, a key or a path is wrong, or what is extended is
            not there.
    """
    raw = {name: _toml(name, text) for name, text in files.items()}
    return Profiles(by_name={name: _profile(name, _whole(name, raw, ())) for name in sorted(raw)})


def _toml(name: str, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except ValueError as err:  # tomllib's own, and the one of an integer without end
        raise InvalidProfileError(profile=name, place="TOML", why=str(err)) from None
    except RecursionError:
        raise InvalidProfileError(profile=name, place="TOML", why="it nests too deep") from None


def _whole(
    name: str, raw: Mapping[str, Mapping[str, object]], seen: tuple[str, ...]
) -> Mapping[str, object]:
    own = raw[name]
    base = own.get("extends")
    if base is None:
        return own
    if not isinstance(base, str) or base not in raw:
        why = f"there is no profile {base!r} to extend; there are {', '.join(sorted(raw))}"
        raise InvalidProfileError(profile=name, place="extends", why=why)
    if base in seen or base == name:
        raise InvalidProfileError(profile=name, place="extends", why="it extends itself")
    below = dict(_whole(base, raw, (*seen, name)))
    below.pop("detect", None)
    return _merged(below, own)


def _merged(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            replaces = "to" in under and "to" in value and "lines" not in under
            merged[key] = value if replaces else _merged(under, value)
        elif (
            key in ("drop", "check", "national")
            and isinstance(under, list)
            and isinstance(value, list)
        ):
            own_names = {one.get("name") for one in value if isinstance(one, Mapping)} - {None}
            merged[key] = [
                *value,
                *(one for one in under if not own_names or one.get("name") not in own_names),
            ]
        else:
            merged[key] = value
    return merged


def _profile(name: str, raw: Mapping[str, object]) -> Profile:
    table = Table(raw, name, "")
    table.only(KEYS)
    around = surroundings(table)
    top = _groups(table, around)
    checks = tuple(_check(row, around) for row in table.rows("check"))
    family = table.table("family")
    family.only(("name", "messages"))
    messages = pattern(family, "messages")
    zones = table.table("zones")
    if "crosswalk" in str(table.values.get("valid_on")):
        table.fail("valid_on takes no crosswalk: it says on which day the codes count")
    return Profile(
        name=name,
        title=table.text("title", name),
        document=_document(table),
        detection=detection(table),
        is_detected="detect" in table,
        family=Family(name=family.text("name", name), messages=messages) if messages else None,
        top=top,
        drops=tuple(drop for row in table.rows("drop") for drop in _drops(row)),
        checks=checks,
        languages=table.mapping("languages"),
        zone=zone_at(table) or UTC,
        zones={name: zone_at(zones, name) or UTC for name in zones.values},
        valid_on=expression(table, "valid_on", around),
        dates=around.dates,
        number=around.number,
        named=named_by(top, checks),
        fills=filled_by(top),
    )


def _document(table: Table) -> Kind:
    written = table.text("document", DOCUMENTS[0])
    if written not in DOCUMENTS:
        table.fail(f"document: there is no {written!r}; there are {', '.join(DOCUMENTS)}")
    return Kind(written.replace("-", "_"))


def _groups(table: Table, around: Surroundings) -> Group:
    """Compile the groups from the innermost outwards; one that is not written is the top."""
    whole = with_national_fields(_with_likes(table))
    tables = {name: one for name, one in whole.tables("groups") if not one.flag("off")}
    below: dict[str, list[str]] = {}
    for name, one in tables.items():
        if name == TOP:
            continue
        above = one.text("within", TOP)
        if above != TOP and above not in tables:
            one.fail(f"there is no group {above!r} to be within")
        below.setdefault(above, []).append(name)

    def compiled(name: str, seen: tuple[str, ...]) -> Group:
        inner = [compiled(one, (*seen, name)) for one in below.get(name, ()) if one not in seen]
        written = tables.get(name) or Table({}, table.profile, f"groups.{name}")
        return group(written, name, around, tuple(inner))

    top = compiled(TOP, ())
    reached = {one.name for one in _every(top)}
    for name, one in tables.items():
        if name not in reached and name != TOP:
            one.fail("it is within itself")
    if top.each or top.to:
        Table({}, table.profile, f"groups.{TOP}").fail("the top group has no each and no to")
    return top


def _with_likes(table: Table) -> Table:
    """Return the profile with every `like` carried out: lines and inner groups taken over."""
    groups = dict(table.table("groups").values)

    def alike(name: str, seen: tuple[str, ...]) -> Mapping[str, object]:
        one = table.table("groups").table(name) if name in table.table("groups") else None
        own = groups[name]
        if one is None or not isinstance(own, Mapping) or "like" not in own:
            return own if isinstance(own, Mapping) else {}
        model = one.text("like")
        if model not in groups or model in seen or model == name:
            one.fail(f"there is no group {model!r} that it could be like")
        whole = _merged(alike(model, (*seen, name)), own)
        whole.pop("like", None)
        if "within" not in own:
            whole.pop("within", None)
        groups[name] = whole
        for inner, other in list(groups.items()):
            if isinstance(other, Mapping) and other.get("within") == model:
                groups.setdefault(f"{name}.{inner}", {**other, "within": name, "like": inner})
        return whole

    done: set[str] = set()
    while pending := [name for name in groups if name not in done]:
        for name in pending:
            alike(name, ())
            done.add(name)
    return Table({**table.values, "groups": groups}, table.profile, table.place)


def _every(top: Group) -> Iterator[Group]:
    yield top
    for one in top.groups:
        yield from _every(one)


def _check(table: Table, around: Surroundings) -> CrossCheck:
    table.only(("name", "one", "other"))
    one = expression(table, "one", around)
    other = expression(table, "other", around)
    if one is None or other is None:
        table.fail("needs one and other")
    if around.number is not None:
        one = Plain(inner=one, number=around.number, lenient=True)
        other = Plain(inner=other, number=around.number, lenient=True)
    return CrossCheck(name=table.text("name", "check"), one=one, other=other)


def _drops(table: Table) -> Iterator[Drop]:
    table.only(("paths", "reason"))
    if not table.text("reason"):
        table.fail("needs a reason")
    reason = table.text("reason")
    for written in table.texts("paths"):
        if "[" in written:
            yield Drop(below=path(table, "paths", written.removesuffix("/**")), reason=reason)
        else:
            yield Drop(pattern=_glob(written), reason=reason)


def _glob(written: str) -> re.Pattern[str]:
    """Compile `a/b`, `a/*/b` (one name), `a/**` (everything below), `**/b` (anywhere)."""
    steps: list[str] = []
    names = written.split("/")
    for number, name in enumerate(names, start=1):
        if name == "**":
            steps.append(".+" if number == len(names) else "(?:.+/)?")
        else:
            step = re.escape(name).replace(r"\*", "[^/]*")
            steps.append(step if number == len(names) else step + "/")
    return re.compile("".join(steps))
