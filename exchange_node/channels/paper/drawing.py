"""Rows and a code → PDF on A4, its letters embedded.

Text is drawn as it is and never as markup: reportlab's paragraphs would follow what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from exchange_node.channels.paper.rows import Row
from exchange_node.channels.paper.writing import MARK, written

FONTS = Path(__file__).resolve().parent / "fonts"
BOOK, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"

TITLE = "Transit accompanying document / Транзитный сопроводительный документ"
TEST = "TEST / ТЕСТ"
CHECK = (
    "The code holds the number, the digests of the sealed documents and the seal of the"
    " administration; `exchange-node post verify` checks it without a line."
)
FOREIGN = f"{MARK} in Latin letters here; the manifest has it in its own script"

_MARGIN = 15 * mm
_MODULE = 0.75 * mm  # twice what hand-held scanners resolve; smaller where the code is large
_LARGEST_CODE = 75 * mm
_CAPTION_WIDTH = 62 * mm
_SIZE, _SMALL, _LINE = 9, 7, 4.3 * mm
_DRAWING = Lock()  # reportlab keeps fonts for the whole process


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the rows.

    Attributes:
        code: as it is scanned.
        handling: how the record is held (`restricted`, …).
    """

    movement: str
    issuer: str
    printed_at: datetime
    valid_until: datetime
    code: str
    handling: str
    test: bool


def draw(heading: Heading, rows: Sequence[Row]) -> bytes:
    """Return the accompanying document as PDF: the same bytes for the same values."""
    with _DRAWING:
        letters = _letters()
        buffer = BytesIO()
        canvas = Canvas(buffer, pagesize=A4, pageCompression=1, invariant=1)
        canvas.setTitle(f"Transit accompanying document {heading.movement}")
        canvas.setAuthor(written(heading.issuer, letters))
        canvas.setKeywords(heading.code)
        page = _Page(canvas=canvas, heading=heading, letters=letters)
        page.begin()
        for row in rows:
            page.row(row)
        page.end()
        canvas.save()
        return buffer.getvalue()


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Make the fonts known; return what both of them have letters for."""
    fonts = [TTFont(name, str(FONTS / f"{name}.ttf")) for name in (BOOK, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    book, bold = (frozenset(font.face.charToGlyph) for font in fonts)
    return book & bold


@dataclass(slots=True, kw_only=True)
class _Page:
    canvas: Canvas
    heading: Heading
    letters: frozenset[int]
    top: float = 0.0
    number: int = 0
    is_foreign: bool = field(default=False)

    def begin(self) -> None:
        self.number += 1
        self.top = A4[1] - _MARGIN
        if self.number == 1:
            self._head()
        else:
            self._text(_MARGIN, f"{self.heading.movement}", BOLD, _SIZE)
            self.top -= 2 * _LINE

    def row(self, row: Row) -> None:
        if not row.value:
            self._room(3)
            self.top -= _LINE / 2
            self._text(_MARGIN, self._written(row.caption), BOLD, _SIZE)
            self.canvas.line(_MARGIN, self.top - 1.2 * mm, A4[0] - _MARGIN, self.top - 1.2 * mm)
            self.top -= 1.3 * _LINE
            return
        width = A4[0] - 2 * _MARGIN - _CAPTION_WIDTH
        values = list(self._lines(self._written(row.value), width, _SIZE))
        captions = list(self._lines(self._written(row.caption), _CAPTION_WIDTH - 3 * mm, _SMALL))
        for number in range(max(len(values), len(captions))):
            self._room(1)
            if number < len(captions):
                self._text(_MARGIN, captions[number], BOOK, _SMALL)
            if number < len(values):
                self._text(_MARGIN + _CAPTION_WIDTH, values[number], BOOK, _SIZE)
            self.top -= _LINE

    def end(self) -> None:
        """Finish the page with what belongs to its foot."""
        foot = f"{self.heading.movement} · {self.number} · {self.heading.handling}"
        self.top = _MARGIN - _LINE
        self._text(_MARGIN, foot, BOOK, _SMALL)
        if self.is_foreign:
            self._text(A4[0] / 2, FOREIGN, BOOK, _SMALL)
        self.canvas.showPage()

    def _head(self) -> None:
        heading = self.heading
        side = self._code()
        lines = [
            (TITLE, BOLD, 11),
            (heading.movement, BOLD, 16),
            (self._written(heading.issuer), BOOK, _SIZE),
            (f"Printed / Напечатано: {heading.printed_at.isoformat()}", BOOK, _SIZE),
            (f"Code valid until / Код до: {heading.valid_until.isoformat()}", BOOK, _SIZE),
            (f"Handling / Режим: {heading.handling}", BOOK, _SIZE),
            *([(TEST, BOLD, 16)] if heading.test else []),
            (CHECK, BOOK, _SMALL),
        ]
        bottom = self.top - side - 2 * mm
        for text, font, size in lines:
            for line in self._lines(text, A4[0] - 2 * _MARGIN - side - 5 * mm, size, font):
                self.top -= size * 1.35
                self._text(_MARGIN, line, font, size)
        self.top = min(self.top, bottom) - _LINE
        groups = " ".join(heading.code[at : at + 5] for at in range(0, len(heading.code), 5))
        for line in self._lines(groups, A4[0] - 2 * _MARGIN, _SMALL):
            self._room(1)
            self._text(_MARGIN, line, BOOK, _SMALL)
            self.top -= 0.75 * _LINE

    def _code(self) -> float:
        """Draw the code into the upper right corner; return how far it reaches."""
        symbol = segno.make_qr(self.heading.code, error="m", boost_error=False)
        matrix = [list(line) for line in symbol.matrix_iter(border=4)]
        module = min(_MODULE, _LARGEST_CODE / len(matrix))
        side = module * len(matrix)
        left, top = A4[0] - _MARGIN - side, self.top
        for y, line in enumerate(matrix):
            x = 0
            while x < len(line):
                run = x
                while run < len(line) and line[run]:
                    run += 1
                if run > x:  # a run of dark modules in one piece has no seams
                    place = (left + x * module, top - (y + 1) * module)
                    self.canvas.rect(*place, (run - x) * module, module, stroke=0, fill=1)
                x = run + 1
        return float(side)

    def _written(self, text: str) -> str:
        plain = written(text, self.letters)
        self.is_foreign = self.is_foreign or (MARK in plain and MARK not in text)
        return plain

    def _room(self, lines: int) -> None:
        if self.top - lines * _LINE < _MARGIN + _LINE:
            self.end()
            self.begin()

    def _text(self, x: float, text: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.top, text)

    def _lines(self, text: str, width: float, size: float, font: str = BOOK) -> Iterator[str]:
        """Yield a text in lines that fit; a word longer than a line is broken."""
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if pdfmetrics.stringWidth(longer, font, size) <= width:
                line = longer
                continue
            if line:
                yield line
            line = word
            while pdfmetrics.stringWidth(line, font, size) > width:
                fits = len(line) - 1
                while fits > 1 and pdfmetrics.stringWidth(line[:fits], font, size) > width:
                    fits -= 1
                yield line[:fits]
                line = line[fits:]
        yield line
