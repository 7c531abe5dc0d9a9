"""What is shown of an agreement → one HTML page: escaped, self-contained, without a script.

Nothing on it asks for anything from anywhere, and its policy forbids it to.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from exchange_node.policy.showing.outline import Line, Part

_MANY = 12
"""Values of one line from which on they are folded."""

_DEEPEST = 6
"""HTML has no lower heading."""

_POLICY = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)

_STYLE = """\
body { font: 16px/1.5 Georgia, "Times New Roman", serif; max-width: 52em; margin: 2em auto;
       padding: 0 1em; color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6em; line-height: 1.25; }
h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #bbb; }
h3, h4, h5, h6 { font-size: 1.05em; margin-bottom: .2em; }
section section section { margin-left: 1.2em; }
dl { display: grid; grid-template-columns: minmax(10em, 16em) 1fr; gap: .25em 1.2em;
     margin: .4em 0; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1em; }
p.note { padding: .5em .8em; border-left: 4px solid #a60; background: #fff7e8; }
@media print { body { margin: 0; max-width: none; } details { display: block; } }
"""


def as_html(whole: Part, language: str) -> str:
    """Return a whole as an HTML page in a language (BCP 47)."""
    title = escape(whole.title)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}">',
        "<head>",
        '<meta charset="utf-8">',
        _POLICY,
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title>",
        f"<style>\n{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
        *_inside(whole, 2),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _inside(part: Part, level: int) -> Iterator[str]:
    for line in part.lines:
        if not line.label:
            yield f'<p class="note">{escape(" ".join(line.values))}</p>'
    labelled = [line for line in part.lines if line.label]
    if labelled:
        yield "<dl>"
        for line in labelled:
            yield f"<dt>{escape(line.label)}</dt>"
            yield f"<dd>{_values(line)}</dd>"
        yield "</dl>"
    heading = f"h{min(level, _DEEPEST)}"
    for below in part.parts:
        yield "<section>"
        yield f"<{heading}>{escape(below.title)}</{heading}>"
        yield from _inside(below, level + 1)
        yield "</section>"


def _values(line: Line) -> str:
    if len(line.values) == 1:
        return escape(line.values[0])
    listed = "".join(f"<li>{escape(one)}</li>" for one in line.values)
    if len(line.values) < _MANY:
        return f"<ul>{listed}</ul>"
    return f"<details><summary>{len(line.values)}</summary><ul>{listed}</ul></details>"
