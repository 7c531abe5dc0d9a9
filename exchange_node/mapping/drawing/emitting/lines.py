"""A line → one function: value drawn, its place looked for, the short way taken, else the long one.

A text that needs no change, a number that is plain and a moment that was read before go straight
into their frame. Everything else, and every line that fills several elements, takes the draft's
general way (`Draft.line`, `Draft.fill_slowly`), which has something to say.
"""

from __future__ import annotations

from exchange_node.mapping.drawing.conversion import QuickKind
from exchange_node.mapping.drawing.emitting.picks import write_drawing
from exchange_node.mapping.drawing.emitting.plans import Emits, LinePlan, Target
from exchange_node.mapping.drawing.emitting.source import Source
from exchange_node.mapping.drawing.output import More, Output
from exchange_node.mapping.drawn import Origin
from exchange_node.wco.document import NO_ATTRIBUTES

_OWN = (Origin.SOURCE, Origin.FACT, Origin.COMPUTED)
"""Origins of what a line finds; what the profile states itself is not found."""


def emitting(plan: LinePlan) -> Emits:
    """Return the function that carries out a line."""
    source = Source()
    line = source.bind(plan)
    source.add(0, f"draft.notes.target = {source.bind(plan.path)}")
    if len(plan.targets) > 1:
        source.add(0, f"found = {source.bind(plan.draw)}(node, draft)")
        if plan.default is None:
            source.add(0, "if found is None:", "    return False")
        source.add(0, f"return draft.line({line}, found, node, here)")
        return source.made()
    source.add(0, "while True:")
    is_node = write_drawing(source, plan.expression)
    _write_filling(source, plan, plan.targets[0], line, is_node=is_node)
    if plan.default is None:
        source.add(0, "return False")
    else:
        source.add(0, f"return draft.line({line}, None, node, here)")
    return source.made()


def _write_filling(
    source: Source, plan: LinePlan, target: Target, line: str, *, is_node: bool
) -> None:
    """Write how a value is put into its element, where nothing stands there yet."""
    kid = target.kid
    rank = source.bind(kid.rank)
    own = source.bind(_OWN)
    carriers = "nodes"
    if plan.attributes:
        source.add(1, f"attributes, carriers = draft.attributes({line}, node, nodes)")
        carriers = "carriers"
    else:
        source.add(1, f"attributes = {source.bind(NO_ATTRIBUTES)}")
    outer = "draft.top" if target.is_absolute else "here"
    _write_frame(source, target, outer)
    if kid.is_single:
        there = f"{rank} in frame.items"
        source.add(1, f"if frame is not None and {there}:" if target.way else f"if {there}:")
        source.add(2, "return False")
    _write_text(source, plan, target, line, is_node=is_node)
    slowly = ["not text"]
    if target.needs_currency:
        slowly.append("'currencyID' not in attributes")
    if target.keeps is not None:
        slowly.append("crosswalks")
    place = source.bind(target)
    source.add(1, f"if {' or '.join(slowly)}:")
    source.add(
        2,
        f"return draft.fill_slowly({line}, {place}, value, nodes, origin, crosswalks, node, here,"
        f" attributes, {carriers}) and origin in {own}",
    )
    if target.way:
        source.add(1, "if frame is None:", f"    frame = {outer}.down({source.bind(target.way)})")
    more = f"{source.bind(More)}(crosswalks) if crosswalks else None"
    made = source.bind(tuple.__new__)
    of = f"{source.bind(kid)}, {source.bind(plan.line)}, origin, {carriers}"
    row = f"(text, attributes, frame, {of}, more)"
    source.add(1, f"more = {more}", f"out = {made}({source.bind(Output)}, {row})")
    if kid.is_single:
        source.add(1, f"frame.items[{rank}] = out")
    else:
        source.add(1, f"frame.put({source.bind(kid)}, out)")
    source.add(1, "draft.outputs.append(out)", f"return origin in {own}")


def _write_frame(source: Source, target: Target, outer: str) -> None:
    """Write how the frame that a value stands in is looked for."""
    source.add(1, f"frame = {outer}")
    for depth, kid in enumerate(target.way):
        source.add(1 + depth, f"rows = frame.items.get({source.bind(kid.rank)})")
        source.add(1 + depth, "frame = rows[0] if rows else None")
        if depth < len(target.way) - 1:
            source.add(1 + depth, "if frame is not None:")


def _write_text(
    source: Source, plan: LinePlan, target: Target, line: str, *, is_node: bool
) -> None:
    """Write what `text` is: what is written where nothing has to be done or said, else nothing."""
    quick = target.quick
    if quick is None:
        name = source.bind(plan.line.name)
        key = f"({name}, draft.zone_of({line}, node), value)"
        source.add(1, f"text = draft.moments.get({key}, '')")
    elif quick.kind is QuickKind.NUMBER:
        source.add(1, f"if not {source.bind(quick.fits)}(value):", "    text = ''")
        source.add(1, "elif value[-1] == '0' and '.' in value:")
        source.add(2, "text = value.rstrip('0').rstrip('.')")
        source.add(1, "else:", "    text = value")
    else:
        source.add(1, "text = ' '.join(value.split())")
        source.add(1, f"if len(text) > {source.bind(quick.most)} or not value.isascii():")
        source.add(2, "text = ''")
        if not is_node:  # what was made of something else may be plain where that is not
            source.add(1, "else:", "    for one in nodes:")
            source.add(3, "if not one.text.isascii():", "    text = ''")
