"""An alert → an event in the JSON form of MISP, for systems that read that.

Source: MISP core format (draft-dulaunoy-misp-core-format), 2.2 Event, 2.4 Attribute, 2.6 Object,
2.7 Tag. Only keys of it are written; what of an alert it has no place for stands in tags of a
namespace of ours. The same alert gives the same identifiers, so that reading it twice makes no two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from exchange_node.domain.alert import NOMINAL, Marking, Measure, RiskAlert, Subject

Json = dict[str, Any]

_OWN_ORGANISATION = "0"
"""`distribution` of everything: it goes no further than the organisation that reads it."""

_SUBJECT = "customs-alert-subject"
_VERSION = "1"

_TYPES = {
    "person_name": "full-name",
    "person_born": "date-of-birth",
    "person_nationality": "nationality",
    "person_document": "identity-card-number",
}
"""By criterion, types of attributes that MISP has for it; anything else is text.

MISP takes each of them in the category `Person` alone (describeTypes.json of MISP).
"""

_MARKINGS = {one: f"tlp:{one.value.lower()}" for one in Marking}


def event_of(alert: RiskAlert, *, names: bool) -> Json:
    """Return an alert as an event; without its names nothing is left that names anybody."""
    key = f"{alert.issuer}/{alert.alert_id}"
    stamp = str(int(alert.issued_at.timestamp()))
    subjects = [_subject(key, n, one, stamp, names=names) for n, one in _numbered(alert)]
    return {
        "Event": {
            "uuid": _uuid(key),
            "info": alert.summary,
            "date": alert.issued_at.date().isoformat(),
            "timestamp": stamp,
            "threat_level_id": str(alert.severity),  # 1 high, 2 medium, 3 low, 4 undefined
            "analysis": "2",
            "distribution": _OWN_ORGANISATION,
            "published": False,
            "Orgc": {"name": alert.issuer, "uuid": _uuid(alert.issuer)},
            "Tag": [{"name": one} for one in _tags(alert)],
            "Attribute": list(_attributes(key, alert, stamp, names=names)),
            "Object": [one for one in subjects if one["Attribute"]],
        }
    }


def _numbered(alert: RiskAlert) -> Iterator[tuple[int, Subject]]:
    yield from enumerate(alert.subjects, start=1)


def _tags(alert: RiskAlert) -> Iterator[str]:
    yield _MARKINGS[alert.marking]
    source, information = alert.confidence[:1].lower(), alert.confidence[1:]
    if source:
        yield f'admiralty-scale:source-reliability="{source}"'
    if information:
        yield f'admiralty-scale:information-credibility="{information}"'
    yield f'customs-alert:permitted-action="{alert.permitted_action.value}"'
    yield f'customs-alert:urgency="{alert.urgency.value}"'
    yield f'customs-alert:category="{alert.category}"'
    for key, codes in (
        ("offence", (alert.offence,)),
        ("commodity-group", (alert.commodity_group,)),
        ("fraud-type", (alert.fraud_type,)),
        ("concealment", alert.concealments),
    ):
        yield from (f'customs-alert:{key}="{one}"' for one in codes if one)
    yield f'customs-alert:unverified="{"yes" if alert.unverified else "no"}"'
    if alert.grade:
        yield f'customs-alert:grade="{alert.grading_scheme}:{alert.grade}"'


def _attributes(key: str, alert: RiskAlert, stamp: str, *, names: bool) -> Iterator[Json]:
    plain = [
        ("Internal reference", "text", alert.alert_id, "number of the alert at its issuer"),
        ("Internal reference", "text", str(alert.version), "version of the alert"),
        ("Other", "datetime", alert.valid_until.isoformat(), "the alert ends"),
    ]
    if alert.valid_from is not None:
        plain.append(("Other", "datetime", alert.valid_from.isoformat(), "the alert begins"))
    if alert.review_on is not None:
        plain.append(("Other", "datetime", alert.review_on.isoformat(), "the issuer reviews it"))
    if names:  # what is free text may name somebody
        plain += [
            ("Other", "comment", alert.modus_operandi, "how it is done"),
            *(
                ("Other", "comment", one, "what the issuer wants to know")
                for one in alert.questions
            ),
            ("Other", "comment", alert.text, "text"),
        ]
    plain += [("Other", "text", one.type_code, _recommended(one)) for one in alert.measures]
    for number, (category, kind, value, comment) in enumerate(plain):
        if value:
            yield _attribute(f"{key}#{number}", category, kind, value, comment, stamp)


def _recommended(one: Measure) -> str:
    share = "" if one.sampling is None else f" for {one.sampling} % of what fits"
    return f"measure that the issuer recommends{share}"


def _subject(key: str, number: int, subject: Subject, stamp: str, *, names: bool) -> Json:
    """Return a subject as an object: everything in it has to fit."""
    at = f"{key}#subject-{number}"
    return {
        "uuid": _uuid(at),
        "name": _SUBJECT,
        "meta-category": "misc",
        "description": "What a customs alert looks for; all of it has to fit",
        "template_uuid": _uuid(_SUBJECT),
        "template_version": _VERSION,
        "timestamp": stamp,
        "distribution": _OWN_ORGANISATION,
        "Attribute": [
            _attribute(f"{at}/{name}/{n}", *_typed(name), value, "", stamp)
            | {"object_relation": name}
            for name, n, value in _criteria(subject)
            if names or (name not in NOMINAL and name != "description")
        ],
    }


def _typed(criterion: str) -> tuple[str, str]:
    """Return the category and the type of a criterion's attribute."""
    kind = _TYPES.get(criterion)
    return ("Other", "text") if kind is None else ("Person", kind)


def _criteria(subject: Subject) -> Iterator[tuple[str, int, str]]:
    for one in fields(subject):
        value = getattr(subject, one.name)
        for number, each in enumerate(value if isinstance(value, tuple) else (value,)):
            if each:
                yield one.name, number, each


def _attribute(at: str, category: str, kind: str, value: str, comment: str, stamp: str) -> Json:
    return {
        "uuid": _uuid(at),
        "type": kind,
        "category": category,
        "value": value,
        "comment": comment,
        "to_ids": False,
        "distribution": _OWN_ORGANISATION,
        "timestamp": stamp,
    }


def _uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:carec:customs-alert:{name}"))
