from __future__ import annotations

import shutil
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import ConfigurationError
from exchange_node.node import checking
from exchange_node.node.surroundings import utc_now
from exchange_node.security.certificates import load_certificates
from exchange_node.services.commissioning.pairs import LIFETIME
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store.admission import agreements
from exchange_node.store.database import transaction
from exchange_node.store.retention import timekeeping
from tests.wco.customisation.versions import write_version_2
from tests.world import PASSPHRASE, made_folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    shutil.copytree(made_folder("KZ"), tmp_path / "kz")
    toml = tmp_path / "kz" / "node.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("port = 8443", "port = 0").replace("port = 8480", "port = 0"))
    return tmp_path / "kz"


def codes(folder: Path) -> list[str]:
    return [one.code for one in nodes.check(folder)]


def test_a_new_node_lacks_only_partners(folder: Path) -> None:
    assert codes(folder) == ["CHECK-01"]


def test_a_node_with_a_partner_lacks_an_agreement(folder: Path) -> None:
    card = nodes.card_of(made_folder("UZ"))
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")

    assert codes(folder) == ["CHECK-02"]


def test_a_node_with_partner_and_agreement_lacks_nothing(folder: Path) -> None:
    card = nodes.card_of(made_folder("UZ"))
    with nodes.opened(folder) as node:
        node.commissioning.add_partner(card)
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")

    assert codes(folder) == []


def test_an_agreement_that_cannot_be_read_any_more_stops_nothing_else(folder: Path) -> None:
    card = nodes.card_of(made_folder("UZ"))
    text = nodes.pair_agreement("KZ", "UZ")
    with nodes.opened(folder) as node:
        node.commissioning.add_partner(card)
        held = node.commissioning.add_agreement(text, actor="test")
        older = replace(held, agreement_id="urn:carec:maa:kz-uz:older", digest="0" * 64)
        with transaction(node.engine) as conn:
            agreements.keep(conn, older, "version = 0", by="test", at=utc_now())
            known = held_agreements(conn)
        stands = {one["agreement"]: one["state"] for one in node.standings.all()}

    assert [one.agreement.agreement_id for one in known] == [held.agreement_id]
    assert stands == {held.agreement_id: "active", older.agreement_id: "unreadable"}
    assert codes(folder) == ["CHECK-07"]


def test_a_clock_that_disposal_does_not_believe_is_named(folder: Path) -> None:
    with nodes.opened(folder) as node, transaction(node.engine) as conn:
        timekeeping.believe(conn, utc_now() - timedelta(days=15))

    assert "CHECK-08" in codes(folder)


def test_everything_that_is_wrong_is_said_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "keys" / "seal.cert.pem").unlink()
    (folder / "keys" / "signing.cert.pem").write_text("no certificate")
    shutil.copy(folder / "keys" / "tls.key.pem", folder / "keys" / "encryption.key.pem")
    (folder / "partners" / "broken.toml").write_text("party = 1")

    found = nodes.check(folder)

    assert {"config.missing", "config.unusable", "CERT-05"} <= {one.code for one in found}
    assert all(one.text and one.mend_text for one in found)


def test_a_wrong_passphrase_is_told_for_each_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", "guess")

    assert codes(folder).count("config.passphrase") == 5


def test_a_missing_passphrase_is_told_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXCHANGE_NODE_PASSPHRASE")

    assert codes(folder).count("config.passphrase") == 1


def test_the_ports_of_a_node_that_is_served_are_its_own(folder: Path) -> None:
    with (
        nodes.serving(folder, passphrase=PASSPHRASE),
        socket.create_server(("127.0.0.1", 0)) as own,
    ):
        toml = folder / "node.toml"
        text = toml.read_text(encoding="utf-8")
        toml.write_text(text.replace("port = 0", f"port = {own.getsockname()[1]}", 1))

        assert "CHECK-03" not in codes(folder)


def test_a_taken_port_is_an_error(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        toml = folder / "node.toml"
        text = toml.read_text(encoding="utf-8")
        toml.write_text(text.replace("port = 0", f"port = {taken.getsockname()[1]}", 1))

        assert "CHECK-03" in codes(folder)


def test_a_key_that_others_can_read_is_a_warning(folder: Path) -> None:
    (folder / "keys" / "seal.key.pem").chmod(0o644)

    assert "CHECK-04" in codes(folder)


def test_a_short_passphrase_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", "short")
    nodes.initialise(tmp_path / "kz", country="KZ", rsa_bits=2048, as4_port=0, api_port=0)

    assert codes(tmp_path / "kz") == ["CHECK-05", "CHECK-01"]


def test_a_folder_that_is_no_node_is_told_as_such(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["config.missing"]


def test_a_certificate_that_is_coming_is_no_fault(folder: Path) -> None:
    day = nodes.utc_now() + timedelta(days=20)
    with nodes.opened(folder) as node:
        nodes.new_key(node, "signing", actor="test", valid_from=day)

    assert codes(folder) == ["CHECK-01"]


def test_what_takes_over_from_a_certificate_that_ends_soon_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    at = nodes.utc_now() - timedelta(days=710)
    nodes.initialise(
        tmp_path / "kz",
        country="KZ",
        passphrase=PASSPHRASE,
        rsa_bits=2048,
        as4_port=0,
        api_port=0,
        at=at,
    )
    with nodes.opened(tmp_path / "kz", passphrase=PASSPHRASE) as node:
        nodes.new_key(node, "seal", actor="test")

    found = [one for one in nodes.check(tmp_path / "kz") if one.code.startswith("CERT")]

    assert [one.code for one in found] == ["CERT-03", "CERT-03", "CERT-03", "CERT-09"]
    assert "takes over on" in found[-1].text
    assert not any(one.is_error for one in found)


@pytest.mark.parametrize(
    ("day", "codes_then"),
    [
        ("before", []),
        ("a month before it issues nothing that lasts", ["CHECK-06"]),
        ("after its end", ["CHECK-06"]),
    ],
)
def test_the_nodes_own_authority_is_warned_of_before_it_issues_nothing_that_lasts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, day: str, codes_then: list[str]
) -> None:
    with nodes.opened(folder) as node:
        nodes.new_key(node, "encryption", actor="test", suite="edelivery-2.0")
    (authority,) = load_certificates((folder / "keys" / "authority.cert.pem").read_bytes())
    end = authority.not_valid_after_utc
    then = {
        "before": end - LIFETIME - timedelta(days=31),
        "a month before it issues nothing that lasts": end - LIFETIME - timedelta(days=29),
        "after its end": end + timedelta(days=1),
    }
    monkeypatch.setattr(checking, "utc_now", lambda: then[day])

    found = [one for one in nodes.check(folder) if one.code == "CHECK-06"]

    assert [one.code for one in found] == codes_then
    for one in found:
        assert f"ends on {end:%Y-%m-%d}; from {end - LIFETIME:%Y-%m-%d} on" in one.text


def test_an_authority_that_cannot_be_read_is_an_error(folder: Path) -> None:
    (folder / "keys" / "authority.cert.pem").write_text("no certificate")

    assert "config.unusable" in codes(folder)


def test_a_former_certificate_of_a_partner_is_no_error_beside_the_new_one(
    folder: Path, tmp_path: Path
) -> None:
    uz = Path(shutil.copytree(made_folder("UZ"), tmp_path / "uz"))
    old = tmp_path / "old"
    nodes.initialise(
        old,
        country="UZ",
        passphrase=PASSPHRASE,
        rsa_bits=2048,
        at=nodes.utc_now() - timedelta(days=800),
    )
    former = (old / "keys" / "signing.cert.pem").read_text("utf-8")
    card = nodes.card_of(uz).replace("signing = [", f'signing = ["""{former}""", ')
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")

    found = nodes.check(folder)

    assert [one.code for one in found] == ["CERT-08", "CHECK-02"]


def break_versions(folder: Path) -> None:
    """Put three versions into a node's folder, each of them wrong in its own way."""
    write_version_2(folder)
    versions = folder / "versions"
    shutil.copytree(versions / "2.0", versions / "draft of 3")
    shutil.copytree(versions / "2.0", versions / "1.0")
    shutil.copytree(versions / "2.0", versions / "4.0")
    (versions / "2.0" / "renamed.tsv").write_text("kind\tbase\there\none\ntwo\n", "utf-8")
    (versions / "4.0" / "registry" / "wco_ids.tsv").unlink()
    (versions / "4.0" / "carec_response_1.xsd").write_text("<no schema", "utf-8")


def test_what_is_wrong_with_versions_is_said_one_by_one(folder: Path) -> None:
    break_versions(folder)

    found = [one.text for one in nodes.check(folder) if one.is_error]

    places = ["versions/1.0", "versions/2.0", "versions/2.0", "versions/4.0", "versions/4.0"]
    assert [one.partition(":")[0] for one in found] == [*places, "versions/draft of 3"]
    assert "renamed.tsv line 2" in found[1]
    assert "renamed.tsv line 3" in found[2]
    assert "carec_response_1.xsd" in found[3]
    assert "wco_ids.tsv" in found[4]


def test_a_version_of_the_right_form_is_nothing_to_speak_of(folder: Path) -> None:
    write_version_2(folder)

    assert codes(folder) == ["CHECK-01"]


def test_a_version_that_cannot_be_used_stops_the_node(folder: Path) -> None:
    break_versions(folder)

    with pytest.raises(ConfigurationError, match="base version"):
        nodes.build(folder)
