"""Paths of leaves and pointers of values, each put together once for a report."""

from __future__ import annotations

from exchange_node.mapping.drawing import Output
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.frames import Frame


class Places:
    """What stands where: paths below one declaration, pointers into one document."""

    __slots__ = ("_body", "_frames", "_paths", "_plains")

    def __init__(self, body: Node) -> None:
        self._body = body
        self._paths: dict[Node, str] = {body: ""}
        self._plains: dict[Node, str] = {body: ""}
        self._frames: dict[Frame, str] = {}

    def path(self, node: Node) -> str:
        """Return what `Node.path` says."""
        known = self._paths.get(node)
        if known is not None:
            return known
        if node.parent is None:
            return node.path(self._body)
        above = self.path(node.parent)
        step = f"{node.name}[{node.rank}]" if node.rank else node.name
        path = self._paths[node] = f"{above}/{step}" if above else step
        return path

    def plain(self, node: Node) -> str:
        """Return what `Node.plain_path` says."""
        known = self._plains.get(node)
        if known is not None:
            return known
        if node.parent is None:
            return node.plain_path(self._body)
        above = self.plain(node.parent)
        steps = [one for one in (above, "" if node.clear else node.key) if one]
        plain = self._plains[node] = "/".join(steps)
        return plain

    def pointer(self, out: Output) -> str:
        """Return what `Output.pointer` says."""
        frame, kid = out.frame, out.kid
        base = f"{self._frame(frame)}/{kid.name}"
        if kid.is_single:
            return base
        return f"{base}[{frame.items[kid.rank].index(out) + 1}]"

    def _frame(self, frame: Frame) -> str:
        known = self._frames.get(frame)
        if known is None:
            if frame.parent is None or frame.kid is None:
                known = frame.pointer
            else:
                known = f"{self._frame(frame.parent)}/{frame.kid.name}"
                if not frame.kid.is_single:
                    known = f"{known}[{frame.place}]"
            self._frames[frame] = known
        return known
