"""`[[national]]` → groups: what no WCO element holds goes along in ext:NationalField, by its name.

A national field says its name and its value as they stand in the declaration. It is for the
partner's officer to read; what an agreement does not grant by its path is never sent.
"""

from __future__ import annotations

import re

from exchange_node.mapping.profile.table import Table

FIELD = "ext:NationalField"
CLASSES = {"Declaration", "Consignment", "ConsignmentItem"}
_NAME = re.compile(r"[^A-Za-z0-9_@.-]+")


def with_national_fields(table: Table) -> Table:
    """Return a profile with a group for every path that [[national]] names."""
    rows = table.rows("national")
    if not rows:
        return table
    groups = dict(table.table("groups").values)
    for row in rows:
        row.only(("within", "paths", "personal", "name"))
        within = row.text("within", "declaration")
        if within != "declaration" and within not in groups:
            row.fail(f"there is no group {within!r} to be within")
        paths = row.texts("paths")
        if not paths:
            row.fail("needs paths")
        if "name" in row and len(paths) > 1:
            row.fail("a name is for one path")
        for path in paths:
            called = row.text("name", _called(path))
            value: dict[str, object] = {
                "from": ".", "to": "ext:Value", "personal": row.flag("personal"),
            }  # fmt: skip
            group: dict[str, object] = {
                "within": within,
                "each": path,
                "to": FIELD,
                "requires": ["ext:Value"],
                "lines": {"name": {"value": called, "to": "ext:Name"}, "value": value},
            }
            if within == "declaration":
                group.pop("within")
            groups[f"{within}.national.{_NAME.sub('-', path).strip('-')}"] = group
    return Table({**table.values, "groups": groups}, table.profile, table.place)


def _called(path: str) -> str:
    """Return a path as a name: what stands in brackets and in front of it left out."""
    return re.sub(r"\[[^\[\]]*\]", "", path).strip("/.")
