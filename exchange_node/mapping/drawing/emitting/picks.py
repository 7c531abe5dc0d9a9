"""Expression → lines that draw it, where it is a path, a choice among paths, or such a one shaped.

Whatever else an expression is, is asked as a function. What is written leaves `found` behind, a
node or a drawn value, or `value`, `nodes`, `origin` and `crosswalks` where a text was shaped; where
there is no value it breaks out of the loop around it.
"""

from __future__ import annotations

from exchange_node.mapping.drawing.emitting.source import Source
from exchange_node.mapping.drawn import Drawn, Origin, of
from exchange_node.mapping.profile.expression import PLACE, Expression, First, Given, Pick
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.profile.shaping import Shaped, Translation, reshaping

MOST_LOOPS = 8
"""Names of a path that are written as loops in each other (our choice; Python knows 20)."""


def write_drawing(source: Source, expression: Expression) -> bool:
    """Write how a value is drawn; whether it is a node for certain."""
    if isinstance(expression, Shaped):
        _write_shaped(source, expression)
        return False
    if isinstance(expression, Given) and expression.name == PLACE:
        of_place = f"str(draft.place), (), {source.bind(Origin.GIVEN)}, ()"
        source.add(1, f"value, nodes, origin, crosswalks = {of_place}")
        return False
    is_node = _write_found(source, 1, expression)
    source.add(1, "if found is None:", "    break")
    write_parts(source, is_node=is_node)
    return is_node


def write_parts(source: Source, *, is_node: bool) -> None:
    """Write how what was found is taken apart."""
    of_node = (
        "value, nodes, crosswalks = found.text, (found,), ()",
        f"origin = {source.bind(Origin.FACT)} if found.supplier else {source.bind(Origin.SOURCE)}",
    )
    if is_node:
        source.add(1, *of_node)
        return
    source.add(1, f"if found.__class__ is {source.bind(Drawn)}:")
    source.add(2, "value, nodes, origin, crosswalks = found")
    source.add(1, "else:")
    source.add(2, *of_node)


def _write_found(source: Source, depth: int, expression: Expression) -> bool:
    """Write what leaves `found` behind, None where there is no value; whether it is a node."""
    if isinstance(expression, Pick) and _is_short(expression.path):
        _write_pick(source, depth, expression.path)
        return True
    if isinstance(expression, First):
        return _write_choice(source, depth, expression)
    source.add(depth, f"found = {source.bind(expression.compiled())}(node, draft)")
    return False


def _write_choice(source: Source, depth: int, choice: First) -> bool:
    """Write the first option that has a value; where a fact may say otherwise, all are asked."""
    if not choice.options:
        source.add(depth, "found = None")
        return False
    names = frozenset(path.last for path in choice.paths())
    asked = "draft.supplied"
    if "" not in names:
        asked += f" and not {source.bind(names)}.isdisjoint(draft.supplied)"
    source.add(depth, f"if {asked}:")
    source.add(depth + 1, f"found = {source.bind(choice.compiled())}(node, draft)")
    source.add(depth, "else:")
    for number, option in enumerate(choice.options):
        if number:
            source.add(depth + 1, "if found is None:")
        _write_found(source, depth + 1 + (number > 0), option)
    # Where facts are asked for, what is found comes as a value.
    return False


def _is_short(path: Path) -> bool:
    plain = path.plain()
    return plain is not None and plain[0] <= 1 and len(plain[1]) <= MOST_LOOPS


def _write_pick(source: Source, depth: int, path: Path) -> None:
    """Write the search for the first node at a path that carries a text, in document order."""
    up, names = path.plain() or (0, ())
    start = "draft.body" if path.absolute else "node.above" if up else "node"
    source.add(depth, "found = None")
    if up and not path.absolute:
        source.add(depth, "above = node.above", "if above is not None:")
        start, depth = "above", depth + 1
    if not names:
        source.add(depth, f"if {start}.text:", f"    found = {start}")
        return
    last = len(names) - 1
    for number, name in enumerate(names):
        outer = start if not number else f"n{number - 1}"
        source.add(
            depth + number,
            f"for n{number} in {outer}.children.get({source.bind(name)}, ()):",
        )
    source.add(depth + last + 1, f"if n{last}.text:", f"    found = n{last}", "    break")
    for number in range(last - 1, -1, -1):
        source.add(depth + number + 1, "if found is not None:", "    break")


def _write_shaped(source: Source, shaped: Shaped) -> None:
    """Write what is done to a drawn text, leaving out what was not asked for."""
    how = shaped.shaping
    for test in how.when:
        source.add(1, f"if not {source.bind(test.compiled())}(node, draft.body):", "    break")
    is_node = _write_found(source, 1, shaped.inner)
    source.add(1, "if found is None:", "    break")
    write_parts(source, is_node=is_node)
    if how.nothing:
        source.add(1, f"if value in {source.bind(how.nothing)}:", "    break")
    reshape = reshaping(how)
    strip = "value.strip()" if reshape is str.strip else f"{source.bind(reshape)}(value)"
    source.add(1, f"value = {strip}", "if not value:", "    break")
    if how.crosswalk is not None:
        translate = Translation(how.crosswalk)
        made = f"{source.bind(of)}(value, nodes, origin, crosswalks)"
        source.add(1, f"value = {source.bind(translate)}({made}, draft)")
        source.add(1, "if not value:", "    break")
        source.add(1, f"crosswalks = (*crosswalks, {source.bind(translate.name)})")
    if how.prefix or how.suffix:
        source.add(1, f"value = {source.bind(how.prefix)} + value + {source.bind(how.suffix)}")
