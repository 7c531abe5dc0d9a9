from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from exchange_node.wco.rules import WcoLibrary, all_rules, validate
from exchange_node.wco.rules.layers import TITLES, Layer, by_layer, layer_of

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

ON = date(2026, 3, 9)


def test_every_rule_of_a_document_stands_on_one_of_its_three_layers() -> None:
    layers = {layer_of(one.code) for one in all_rules() if not one.code.startswith("CAREC-L")}

    assert layers == {Layer.SCHEMA, Layer.CODES, Layer.RULES}
    assert layer_of("CAREC-R112") is Layer.CODES
    assert layer_of("CAREC-X001") is Layer.SCHEMA
    assert layer_of("CAREC-R401") is Layer.RULES
    assert layer_of("CAREC-M001") is Layer.SOURCE
    assert layer_of("DENY-NO-GRANT") is Layer.AGREEMENT
    assert set(TITLES) == set(Layer)


def test_findings_come_by_layer_and_the_errors_of_each_first(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    document = manifest(
        {
            "Declaration/TotalPackageQuantity": "31",
            "Declaration/TypeCode": "999",
            "Declaration/Submitter/ID": "customs.uz",
        },
        without=["Declaration/Declarant/Name"],
    )
    found = by_layer(validate(document, library, ON))

    assert {layer: [one.code for one in same] for layer, same in found.items()} == {
        Layer.SCHEMA: ["CAREC-R101"],
        Layer.CODES: ["CAREC-R112"],
        Layer.RULES: ["CAREC-R201", "CAREC-R402"],
    }
    assert list(found) == [Layer.SCHEMA, Layer.CODES, Layer.RULES]
