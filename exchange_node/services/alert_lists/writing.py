"""Alerts → the plain keys of drafts → a list in CSV or JSON, as `reading` takes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from exchange_node.domain.alert import RiskAlert
from exchange_node.services.alert_lists import columns, delimited
from exchange_node.services.alert_lists.columns import (
    REFERENCE,
    SUBJECTS,
    Plain,
    keys,
    subject_keys,
)
from exchange_node.services.alert_lists.reading import ALERTS


def plain_of(alert: RiskAlert) -> Plain:
    """Return the keys of the draft that an alert could be made of again, with its number."""
    said: Plain = {key: _plain(getattr(alert, key)) for key in keys() if hasattr(alert, key)}
    said["contact_office"] = alert.contact.office
    said["communications"] = [
        {"type": kind, "number": number} for kind, number in alert.contact.communications
    ]
    said[SUBJECTS] = [
        _filled({one: _plain(getattr(subject, one)) for one in subject_keys()})
        for subject in alert.subjects
    ]
    return {REFERENCE: alert.alert_id} | _filled(said)


def as_json(plains: Iterable[Plain]) -> bytes:
    """Return a list in JSON."""
    return json.dumps({ALERTS: list(plains)}, ensure_ascii=False, indent=2).encode()


def as_csv(plains: Iterable[Plain]) -> bytes:
    """Return a list in CSV; it has the columns that something stands in."""
    rows: list[dict[str, str]] = []
    for plain in plains:
        own = {key: value for key, value in plain.items() if key != REFERENCE}
        rows += [{REFERENCE: plain[REFERENCE]} | row for row in columns.flat(own)]
    names = columns.ordered({REFERENCE, *(name for row in rows for name in row)})
    return delimited.written([names, *([row.get(one, "") for one in names] for row in rows)])


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever an alert holds
    match value:
        case Enum():
            return value.value
        case date():  # or a moment, which is one
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _filled({name: _plain(one) for name, one in asdict(value).items()})
        case _:
            return value


def _filled(plain: Mapping[str, Any]) -> Plain:
    return {key: value for key, value in plain.items() if value not in (None, "", [])}
