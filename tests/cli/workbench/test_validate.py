from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.message import Exchange
from exchange_node.policy.minimising import minimise
from exchange_node.wco.document import read
from tests.world import DECLARATION, FACTS

Run = Callable[..., Result]
GRANT = "manifests-kz-uz"


@pytest.fixture(name="agreement")
def _agreement(folder: Path) -> Agreement:
    with nodes.opened(folder) as node:
        return node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")


@pytest.fixture(name="exchange")
def _exchange(agreement: Agreement) -> Exchange:
    return Exchange(
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        agreement_digest=agreement.digest,
        grant=GRANT,
        purpose="TRANSIT_CONTROL",
        handling="restricted",
        test=True,
    )


@pytest.fixture(name="run")
def _run(folder: Path, agreement: Agreement, tmp_path: Path) -> Run:
    grant = agreement.grant(GRANT)
    assert grant is not None

    def run(
        exchange: Exchange | None, *words: str, where: Path = folder, is_minimised: bool = True
    ) -> Result:
        mapped = nodes.workbench(folder).map(
            DECLARATION.read_bytes(), facts=FACTS.read_text("utf-8"), country="KZ"
        )
        document = read(mapped.document)
        if is_minimised:
            document = minimise(document, grant).document
        if exchange is not None:
            document = document.with_exchange(exchange)
        file = tmp_path / "document.xml"
        file.write_bytes(document.to_bytes())
        return CliRunner().invoke(cli, ["--folder", str(where), "validate", str(file), *words])

    return run


def test_a_document_that_its_agreement_grants_has_nothing_on_the_fourth_layer(
    run: Run, exchange: Exchange
) -> None:
    assert "Layer 4" not in run(exchange).stdout


def test_a_document_that_no_agreement_grants_is_told_so_with_a_mend(
    run: Run, exchange: Exchange
) -> None:
    other = dataclasses.replace(exchange, purpose="STATISTICS")

    result = run(other)
    assert result.exit_code == 1
    assert "Layer 4, the agreement with the partner\nerror: [DENY-PURPOSE]" in result.stdout
    assert "docs/agreements.md" in result.stdout
    (told,) = [one for one in json.loads(run(other, "--json").stdout) if one["layer"] != "rules"]
    assert (told["code"], told["layer"]) == ("DENY-PURPOSE", "agreement")


def test_a_field_that_is_not_granted_is_told(run: Run, exchange: Exchange) -> None:
    assert "[DENY-FIELD]" in run(exchange, is_minimised=False).stdout


def test_an_agreement_that_is_not_held_grants_nothing(run: Run, exchange: Exchange) -> None:
    other = dataclasses.replace(exchange, agreement_id="urn:carec:maa:none")

    assert "[DENY-" in run(other).stdout


def test_outside_a_node_and_without_an_exchange_there_is_no_fourth_layer(
    run: Run, exchange: Exchange, tmp_path: Path
) -> None:
    denied = dataclasses.replace(exchange, purpose="STATISTICS")
    (tmp_path / "empty").mkdir()

    assert "DENY-" not in run(denied, where=tmp_path / "empty").stdout
    assert "DENY-" not in run(None).stdout
