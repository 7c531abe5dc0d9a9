"""What came of comparing exit with entry (TM-070), and what was weighed: parts of a notice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from exchange_node.domain.agreement.clauses.comparison import ComparedField
from exchange_node.domain.movement.compared import Compared, Comparison, Reason, Verdict
from exchange_node.wco.alert_codec.intergov import TOP, Reader, one_of
from exchange_node.wco.building import Placed

_MASS = f"{TOP}/Declaration/TotalGrossMassMeasure"
_COMPARISON = f"{TOP}/ext:Comparison"
_FIELD = f"{_COMPARISON}/ext:ComparedField"
_FIELDS = {one.value: one for one in ComparedField}
_VERDICTS = {one.value: one for one in Verdict}
_REASONS = {one.value: one for one in Reason}


def placed_mass(mass_kg: Decimal | None) -> Iterator[Placed]:
    """Place what was weighed."""
    if mass_kg is not None:
        yield Placed(_MASS, f"{mass_kg:f}", {"unitCode": "KGM"})


def read_mass(reader: Reader) -> Decimal | None:
    """Return what was weighed, in kilograms; None where nobody did."""
    return reader.kilograms(_MASS)


def placed_comparison(compared: Comparison | None) -> Iterator[Placed]:
    """Place a comparison."""
    if compared is None:
        return
    yield Placed(f"{_COMPARISON}/ext:ExitNoticeID", compared.exit_notice)
    yield Placed(f"{_COMPARISON}/ext:EntryNoticeID", compared.entry_notice)
    for n, one in enumerate(compared.fields, start=1):
        at = f"{_FIELD}[{n}]"
        yield Placed(f"{at}/ext:FieldCode", one.field.value)
        yield Placed(f"{at}/ext:VerdictCode", one.verdict.value)
        yield Placed(f"{at}/ext:SeverityCode", str(one.severity) if one.severity else "")
        for m, reason in enumerate(one.reasons, start=1):
            yield Placed(f"{at}/ext:CauseCode[{m}]", reason.value)


def read_comparison(reader: Reader) -> Comparison:
    """Return a comparison. How grave a field is, is the same everywhere, and read off the field."""
    fields = reader.blocks(_FIELD)
    if not fields:
        reader.named(f"{_FIELD}/ext:FieldCode", _FIELDS)
    return Comparison(
        exit_notice=reader.text(f"{_COMPARISON}/ext:ExitNoticeID"),
        entry_notice=reader.text(f"{_COMPARISON}/ext:EntryNoticeID"),
        fields=tuple(
            Compared(
                field=reader.coded(
                    one_of(block, "ext:FieldCode"), _FIELDS, f"{_FIELD}/ext:FieldCode"
                ),
                verdict=reader.coded(
                    one_of(block, "ext:VerdictCode"), _VERDICTS, f"{_FIELD}/ext:VerdictCode"
                ),
                reasons=tuple(
                    reader.coded(text, _REASONS, f"{_FIELD}/ext:CauseCode")
                    for text in block.get("ext:CauseCode", ())
                ),
            )
            for block in fields
        ),
    )
