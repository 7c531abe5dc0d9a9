"""A finding of the document → the key of the draft that it is about."""

from __future__ import annotations

import re

from exchange_node.domain.finding import Finding
from exchange_node.services.alert_lists.columns import SUBJECTS, Place, keys, subject_keys
from exchange_node.wco.alert_codec.criteria import ALERT, CRITERION_OF, GRADED, SUBJECT

_OTHERWISE = {
    "Concealment": "concealments",
    "FeedbackDueDate": "feedback_due_on",
    "Handling": "marking",
    "Indicator": "indicators",
    "Question": "questions",
    "RecommendedMeasure": "measures",
    "ReviewDate": "review_on",
    "SeenFromDate": "seen_from",
    "SeenPlace": "seen_places",
    "SeenUntilDate": "seen_until",
}
"""Elements of an alert that are called otherwise than the keys of a draft."""

_KIND = re.compile(r"(Code|DateTime|Text|Indicator|ID)$")
"""How ends the name of an element, by the kind of its values (WCO data model)."""


def place_of(finding: Finding) -> Place:
    """Return where in a draft stands what a finding is about; nothing where none can be told."""
    path = re.sub(r"\[[0-9]+\]", "", finding.pointer)
    if path.startswith(SUBJECT):
        number = re.match(rf"{SUBJECT}\[([0-9]+)\]", finding.pointer)
        stated = "confidence" if path == f"{SUBJECT}/{GRADED}" else CRITERION_OF.get(path)
        criterion = stated or finding.facts.get("criterion", "")
        at: Place = (SUBJECTS, int(number.group(1)) - 1 if number else 0)
        return (*at, criterion) if criterion in subject_keys() else at
    if not path.startswith(f"{ALERT}/ext:"):
        return ()
    tag = path.removeprefix(f"{ALERT}/ext:").partition("/")[0]
    name = _OTHERWISE.get(tag) or _OTHERWISE.get(_KIND.sub("", tag)) or _snake(_KIND.sub("", tag))
    return (name,) if name in keys() else ()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
