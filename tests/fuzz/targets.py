"""Every parser of ours that meets bytes from outside, by name."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz import authorities, documents, messages, packaging, texts
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    one.name: one
    for group in (packaging, messages, authorities, documents, texts)
    for one in group.TARGETS
}
