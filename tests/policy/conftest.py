from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.message import Exchange
from exchange_node.policy.gates import HeldAgreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document
from exchange_node.wco.notation import Kind
from exchange_node.wco.registry import Registry, read_registry

ROOT = Path(__file__).resolve().parents[2]

ON = date(2026, 6, 15)


@pytest.fixture(name="sample_text", scope="session")
def _sample_text() -> str:
    return (ROOT / "agreements" / "kz-uz-transit.toml").read_text(encoding="utf-8")


@pytest.fixture(name="sample", scope="session")
def _sample(sample_text: str) -> Agreement:
    return read_agreement(sample_text, "kz-uz-transit")


@pytest.fixture(name="held", scope="session")
def _held(sample: Agreement) -> HeldAgreement:
    return HeldAgreement(agreement=sample, stage=Stage.AGREED)


@pytest.fixture(name="registry", scope="session")
def _registry() -> Registry:
    path = ROOT / "wco_schemas" / "registry" / "wco_ids.tsv"
    return read_registry(path.read_text(encoding="utf-8"))


@pytest.fixture(name="manifest_exchange")
def _manifest_exchange(sample: Agreement) -> Exchange:
    return Exchange(
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        agreement_id=sample.agreement_id,
        agreement_version=sample.version,
        agreement_digest=sample.digest,
        grant="manifests-kz-uz",
        purpose="TRANSIT_CONTROL",
        handling="restricted",
        test=True,
    )


@pytest.fixture(name="alert_exchange")
def _alert_exchange(sample: Agreement) -> Exchange:
    return Exchange(
        sender="customs.uz",
        recipient="customs.kz",
        code="RA-010",
        agreement_id=sample.agreement_id,
        agreement_version=sample.version,
        agreement_digest=sample.digest,
        grant="alerts-uz-kz",
        purpose="RISK_ANALYSIS",
        handling="confidential",
        test=True,
    )


Make = Callable[..., Document]


@pytest.fixture(name="make", scope="session")
def _make(registry: Registry) -> Make:
    """Build a document of (pointer, value) pairs; `kind` says which InterGov message it is."""

    def make(*values: Placed, kind: Kind = Kind.TRANSIT_MANIFEST) -> Document:
        type_name = {Kind.TRANSIT_MANIFEST: "DEC", Kind.RESPONSE: "RES"}.get(kind, "InterGov")
        metadata = Metadata(country="KZ", agency="Customs KZ", type_name=type_name)
        return build(registry, metadata, values, kind=kind)

    return make
