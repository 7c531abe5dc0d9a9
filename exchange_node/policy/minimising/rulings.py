"""Grant → what holds for each path, asked once a path.

A grant has some hundred paths and a document some thousand fields of some hundred paths, so that
the question is put to a path, never to a field, and its answer is kept with the grant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant, Mask, MaskMethod
from exchange_node.policy.paths import ALWAYS_SENT, NEVER_SENT, Coverage, ancestry
from exchange_node.wco.notation import COMPANIONS

if TYPE_CHECKING:
    from exchange_node.wco.document import Leaf

MAX_RULINGS = 4_096
"""Answers kept with a grant (our choice): whoever sends a document may invent paths without end."""


class Why(StrEnum):
    """Why a field stays behind."""

    NOT_ALLOWED = "not_allowed"
    DROPPED = "dropped"
    GIVES_AWAY = "gives_away"
    UNMASKABLE = "unmaskable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a grant says of a path.

    Attributes:
        stays: why fields there stay behind; None where they leave.
        mask: what is done to them first.
        is_personal: whether the grant marks them as personal data.
    """

    stays: Why | None
    mask: Mask | None
    is_personal: bool


class Rulings:
    """The rulings of one grant; `rulings_of` makes them.

    Attributes:
        passing: paths of which it is known that fields there leave as they are.
    """

    __slots__ = (
        "_allowed",
        "_companions",
        "_dropped",
        "_kept",
        "_masked",
        "_masks",
        "_personal",
        "passing",
    )

    def __init__(self, grant: Grant) -> None:
        dropped = [one.path for one in grant.masks if one.method is MaskMethod.DROP]
        self._allowed = Coverage.of(grant.allow)
        self._dropped = Coverage.of(dropped)
        self._masked = frozenset(one.path for one in grant.masks) | NEVER_SENT
        self._personal = Coverage.of(grant.personal)
        self._masks = {one.path: one for one in grant.masks if one.method is not MaskMethod.DROP}
        self._kept: dict[str, Ruling] = {}
        self.passing: set[str] = set()
        self._companions: dict[tuple[str, str], Ruling] = {}

    def on(self, path: str) -> Ruling:
        """Return what holds for the fields at a path."""
        ruling = self._kept.get(path)
        if ruling is None:
            ruling = self._made(path)
            if len(self._kept) < MAX_RULINGS:
                self._kept[path] = ruling
                if ruling.stays is None and ruling.mask is None and not is_companion(path):
                    self.passing.add(path)
        return ruling

    def on_leaf(self, leaf: Leaf) -> Ruling:
        """Return what holds for a leaf.

        What says more about a field shares its fate; where the field leaves masked, it would give
        away what is masked.
        """
        if is_companion(leaf.path):
            return self.on_companion(leaf.path, leaf.attributes.get("element", ""))
        return self.on(leaf.path)

    def on_companion(self, path: str, element: str) -> Ruling:
        """Return what holds for that which says more about the field of this name beside it."""
        ruling = self._companions.get((path, element))
        if ruling is None:
            ruling = self.on(f"{path.rpartition('/')[0]}/{element}")
            if ruling.mask:
                ruling = replace(ruling, stays=Why.GIVES_AWAY, mask=None)
            if len(self._companions) < MAX_RULINGS:
                self._companions[path, element] = ruling
        return ruling

    def _made(self, path: str) -> Ruling:
        stays = None
        if path in ALWAYS_SENT:
            return Ruling(stays=None, mask=None, is_personal=False)
        if path in NEVER_SENT or not self._allowed.covers(path):
            stays = Why.NOT_ALLOWED
        elif self._dropped.covers(path):
            stays = Why.DROPPED
        elif self._is_inside_masked(path):
            stays = Why.GIVES_AWAY
        return Ruling(
            stays=stays,
            mask=self._masks.get(path) if stays is None else None,
            is_personal=self._personal.covers(path),
        )

    def _is_inside_masked(self, path: str) -> bool:
        """Whether this stands inside a field that leaves masked, or not at all.

        A field has no fields inside. Who puts something beside its `DateTimeString`, or wraps its
        value, would have it read under a path that no mask names.
        """
        return any(one in self._masked for one in ancestry(path) if one != path)


def is_companion(path: str) -> bool:
    """Whether what stands at a path says more about a field beside it."""
    return path.rpartition("/")[2] in COMPANIONS


@lru_cache(maxsize=256)
def rulings_of(grant: Grant) -> Rulings:
    """Return the rulings of a grant; the same grant has the same for ever."""
    return Rulings(grant)
