from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.agreement import Agreement, CoarserForm, Mask, MaskMethod
from exchange_node.policy.path_check import check_paths
from exchange_node.wco.registry import Registry

C = "Declaration/Consignment"
HASH, TRUNCATE, GENERALISE = MaskMethod.HASH, MaskMethod.TRUNCATE, MaskMethod.GENERALISE


def codes(agreement: Agreement, registry: Registry, *masks: Mask) -> list[str]:
    grant = replace(agreement.grants[0], masks=masks)
    found = check_paths(replace(agreement, grants=(grant,)), registry)
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [
        (Mask(path=f"{C}/DepartureTransportMeans/ID", method=HASH), []),
        (Mask(path=f"{C}/DepartureTransportMeans/ModeCode", method=HASH), ["POL-006"]),
        (Mask(path=f"{C}/Consignee/Address/PostcodeID", method=HASH), ["POL-006"]),
        (Mask(path=f"{C}/TotalGrossMassMeasure", method=TRUNCATE, keep=2), ["POL-006"]),
        (
            Mask(path=f"{C}/Consignee/Name", method=GENERALISE, to=CoarserForm.MONTH),
            ["POL-006"],
        ),
        (Mask(path="Declaration/ID", method=HASH), ["POL-007"]),
        (
            Mask(path=f"{C}/TotalGrossMassMeasure", method=GENERALISE, to=CoarserForm.ONE_DIGIT),
            ["POL-008"],
        ),
        (
            Mask(path=f"{C}/ConsignmentItem/Commodity/Classification/ID", method=TRUNCATE, keep=4),
            ["POL-008"],
        ),
        (Mask(path=f"{C}/NoSuchThing", method=HASH), ["POL-001"]),
    ],
)
def test_masks_are_held_against_their_elements(
    sample: Agreement, registry: Registry, mask: Mask, wanted: list[str]
) -> None:
    assert codes(sample, registry, mask) == wanted


def test_a_person_whom_personal_forgets_is_found(sample: Agreement, registry: Registry) -> None:
    grant = replace(sample.grants[0], personal=(), allow=(*sample.grants[0].allow,))

    found = check_paths(replace(sample, grants=(grant,)), registry)

    assert {one.code for one in found} == {"POL-009"}
    assert f"{C}/Consignee/Name" in {one.value for one in found}
    assert f"{C}/Consignee/Address/CountryCode" not in {one.value for one in found}


def test_an_obligatory_element_that_is_dropped_is_found(
    sample: Agreement, registry: Registry
) -> None:
    grant = replace(
        sample.grants[0],
        allow=("Declaration/**",),
        require=(),
        personal=("Declaration/**",),
        masks=(Mask(path="Declaration/GoodsItemQuantity", method=MaskMethod.DROP),),
    )

    found = check_paths(replace(sample, grants=(grant,)), registry)

    assert [(one.code, one.value) for one in found] == [
        ("POL-005", "Declaration/GoodsItemQuantity")
    ]
