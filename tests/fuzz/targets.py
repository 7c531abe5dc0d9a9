"""Every parser of ours that meets bytes from outside, by name."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz import documents, messages, texts
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    one.name: one for one in (*messages.TARGETS, *documents.TARGETS, *texts.TARGETS)
}
