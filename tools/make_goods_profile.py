"""wco_schemas/registry/wco_ids.tsv → config/national/wco-goods.toml: WCO declarations of others.

    python tools/make_goods_profile.py           write the profile
    python tools/make_goods_profile.py --check   say whether it is stale; exit 1 if it is

A customisation of the WCO Data Model names the elements that ours names too. So the profile has one
line for each element of our goods declaration, from and to the same place, and one group for each
class that may repeat.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange_node.wco.customisation.lenient import ALIASES  # noqa: E402
from exchange_node.wco.notation import EXT, Kind  # noqa: E402
from exchange_node.wco.registry import Entry, Registry, read_registry  # noqa: E402

REGISTRY = ROOT / "wco_schemas" / "registry" / "wco_ids.tsv"
PROFILE = ROOT / "config" / "national" / "wco-goods.toml"
TOP = "Declaration"
HEAD = """\
# Made by tools/make_goods_profile.py from wco_schemas/registry/wco_ids.tsv: change these two.
#
# A goods declaration that another administration's customisation of the WCO Data Model writes
# (HMRC's DEC-DMS, or none): each element goes to the element of its name. What only its schema
# knows (attributes of code lists, the form of a moment) is dropped below.

title = "WCO goods declaration of another customisation"
document = "goods-declaration"
zone = "UTC"
dates = ["ISO"]

[detect]
roots = ["Declaration"]
namespaces = [
    "urn:wco:datamodel:WCO:DEC-DMS", "urn:wco:datamodel:WCO:DEC-CAREC", "urn:wco:datamodel:WCO:DEC",
]
having = ["GoodsShipment", "Amendment"]
"""
DROPS = """\
[[drop]]
reason = "says which list, scheme or language a code or a text is of; the registry says it for us"
paths = ["**/@list*", "**/@scheme*", "**/@languageID", "**/@languageLocaleID", "**/@name"]

[[drop]]
reason = "the form of a moment shows in its text"
paths = ["**/DateTimeString/@formatCode"]
"""
PARTIES = frozenset(
    {
        *("Agent", "Buyer", "Carrier", "Consignee", "Consignor", "Declarant", "Exporter"),
        *("Importer", "NotifyParty", "Payer", "Seller", "Submitter", "Surety"),
    }
)
PERSONAL = frozenset({"Name", "ID", "Line", "CityName", "PostcodeID"})
_DAY = "^[0-9]{8}"
_CLOCK = "(?<=^[0-9]{8})[0-9]{6}.*$"


def profile_of(registry: Registry) -> str:
    """Return the text of the profile."""
    aliases = "".join(f'"{given}" = "{ours}"\n' for given, ours in sorted(ALIASES.items()))
    parts = [HEAD, f"[read.aliases]\n{aliases}"]
    entries = [one for one in registry.of_kind(Kind.GOODS_DECLARATION) if one.namespace != EXT]
    groups = [one.path for one in entries if one.is_class and one.maximum != 1]
    parts += ["\n".join(_group(path, groups, entries)) for path in (TOP, *groups)]
    return "\n".join((*parts, DROPS))


def _group(path: str, groups: list[str], entries: list[Entry]) -> Iterator[str]:
    name = "declaration" if path == TOP else path.removeprefix(f"{TOP}/")
    if path != TOP:
        above = _above(path, groups)
        yield f'[groups."{name}"]'
        if above != TOP:
            yield f'within = "{above.removeprefix(f"{TOP}/")}"'
        step = path.removeprefix(f"{above}/")
        yield f'each = "{step}"\nto = "{step}"'
    yield f'[groups."{name}".lines]'
    for one in entries:
        if not one.is_class and _above(one.path, groups) == path:
            yield _line(one, one.path.removeprefix(f"{path}/"))
    yield ""


def _above(path: str, groups: list[str]) -> str:
    """Return the innermost class that may repeat and holds this place."""
    above = path.rpartition("/")[0]
    while above and above not in groups:
        above = above.rpartition("/")[0]
    return above or TOP


def _line(entry: Entry, step: str) -> str:
    said = f'from = "{step}"'
    if entry.is_moment:
        inner = f"{step}/DateTimeString"
        said = (
            f'join = [{{ from = "{inner}", take = "{_DAY}" }},'
            f' {{ from = "{inner}", take = "{_CLOCK}" }}], with = "T"'
        )
    for attribute, key in (("currencyID", "currency"), ("unitCode", "unit")):
        if attribute in entry.attributes:
            said += f', {key} = "{step}/@{attribute}"'
    is_personal = entry.name in PERSONAL and PARTIES & set(entry.path.split("/"))
    return f'"{step}" = {{ {said}, to = "{step}"{", personal = true" if is_personal else ""} }}'


def main() -> int:
    """Write the profile, or say that it is stale."""
    text = profile_of(read_registry(REGISTRY.read_text(encoding="utf-8")))
    is_stale = not PROFILE.exists() or PROFILE.read_text(encoding="utf-8") != text
    if is_stale and "--check" not in sys.argv:
        PROFILE.write_text(text, encoding="utf-8")
    print("stale:" if "--check" in sys.argv else "written:", PROFILE.name if is_stale else "none")
    return 1 if is_stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
