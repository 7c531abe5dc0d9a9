"""Plates of China are also found by the Latin name of their province: keys for what is held.

A key of a plate is the plate, so that the keys are made anew from the keys. Which sign has which
name stands here once more: a migration says for ever what it said first.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_LATIN = {
    "京": "JING", "津": "JIN", "沪": "HU", "渝": "YU", "冀": "JI", "豫": "YU", "云": "YUN",
    "辽": "LIAO", "黑": "HEI", "湘": "XIANG", "皖": "WAN", "鲁": "LU", "新": "XIN", "苏": "SU",
    "浙": "ZHE", "赣": "GAN", "鄂": "E", "桂": "GUI", "甘": "GAN", "晋": "JIN", "蒙": "MENG",
    "陕": "SHAN", "吉": "JI", "闽": "MIN", "贵": "GUI", "粤": "YUE", "青": "QING", "藏": "ZANG",
    "川": "CHUAN", "宁": "NING", "琼": "QIONG", "挂": "GUA",
}  # fmt: skip
_MEANS = "means"
_AT_ONCE = 400  # stays below every bound on statement parameters


def upgrade() -> None:
    kind, value = sa.column("kind", sa.Text), sa.column("value", sa.Text)
    manifest = sa.table("manifest_key", kind, value, sa.column("manifest"), sa.column("due_at"))
    alert = sa.table(
        "alert_key",
        sa.column("kind", sa.Text),
        sa.column("value", sa.Text),
        sa.column("alert"),
        sa.column("subject"),
    )
    for table in (manifest, alert):
        _rekey(table)


def _rekey(table: sa.TableClause) -> None:
    """Add to each key with a sign the one with its name, where there is none yet."""
    conn = op.get_bind()
    means = sa.select(table).where(table.c.kind == _MEANS)
    has_sign = sa.or_(*(table.c.value.contains(one) for one in _LATIN))
    names = str.maketrans(_LATIN)
    latin = [
        {**row, "value": row["value"].translate(names)}
        for row in conn.execute(means.where(has_sign)).mappings().all()
    ]
    there = set()
    for start in range(0, len(latin), _AT_ONCE):
        values = [one["value"] for one in latin[start : start + _AT_ONCE]]
        found = conn.execute(means.where(table.c.value.in_(values))).mappings()
        there |= {_name(row) for row in found}
    for one in latin:
        if _name(one) not in there:
            conn.execute(sa.insert(table).values(one))
            there.add(_name(one))


def _name(row: Mapping[Any, Any]) -> tuple[object, ...]:
    """Return what tells a key from others: everything but when it is due."""
    return tuple(value for column, value in row.items() if column != "due_at")
