"""Columns → paths of leaves and pointers of values, each put together once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange_node.mapping.report.columns import Columns


class Places:
    """What stands where: paths below one declaration, pointers into one document."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @cached_property
    def paths(self) -> list[str]:
        """The path of each leaf, with positions; those outside begin with a slash."""
        of = self._columns
        words = of.words
        above: list[str] = [""]
        for up, word, rank in zip(of.node_up[1:], of.node_word[1:], of.node_rank[1:], strict=True):
            above.append(_path(above, up, words[word], rank))
        return [
            _path(above, up, words[word], rank)
            for up, word, rank in zip(of.leaf_up, of.leaf_word, of.leaf_rank, strict=True)
        ]

    @cached_property
    def pointers(self) -> list[str]:
        """The pointer of each value."""
        of = self._columns
        words = of.words
        frames: list[str] = []
        for up, word, place in zip(of.frame_up, of.frame_word, of.frame_place, strict=True):
            name = words[word] if up < 0 else f"{frames[up]}/{words[word]}"
            frames.append(f"{name}[{place}]" if place else name)
        return [
            f"{frames[frame]}/{words[word]}[{place}]" if place else f"{frames[frame]}/{words[word]}"
            for frame, word, place in zip(of.out_frame, of.out_word, of.out_place, strict=True)
        ]


def _path(above: list[str], up: int, name: str, rank: int) -> str:
    step = f"{name}[{rank}]" if rank else name
    if up < 0:
        return f"/{step}"
    over = above[up]
    return f"{over}/{step}" if over else step
