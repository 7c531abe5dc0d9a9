"""What is said around an agreement's own words: English templates, which are message ids."""

from __future__ import annotations

from enum import StrEnum


class Phrase(StrEnum):
    """A phrase, or a template over the facts that it names."""

    YES = "yes"
    NO = "no"
    DIGEST = "Digest of the text (SHA-256)"
    SAMPLE = "For test data alone: under this agreement no production data moves."
    DENIED = "What is not named here is not agreed and stays at home."
    SAME = "Both texts say the same."
    SAME_BUT_DIGEST = "Both texts say the same in other words; their digests differ."
    NOW = "{place}: now also {value}"
    NO_LONGER = "{place}: no longer {value}"
    NOW_ALLOWED = "{place}: now allowed: {value}"
    NO_LONGER_ALLOWED = "{place}: no longer allowed: {value}"
    NEW = "{place}: new"
    GONE = "{place}: gone"
    SET = "{place}: now {after}, nothing before"
    UNSET = "{place}: nothing any more, before {before}"
    CHANGED = "{place}: {after}, before {before}"
    LONGER = "{place}: longer, {after}, before {before}"
    SHORTER = "{place}: shorter, {after}, before {before}"
    LATER = "{place}: later, {after}, before {before}"
    EARLIER = "{place}: earlier, {after}, before {before}"
    HIGHER = "{place}: higher, {after}, before {before}"
    LOWER = "{place}: lower, {after}, before {before}"
    ORDER = "{place}: the same entries in another order"
