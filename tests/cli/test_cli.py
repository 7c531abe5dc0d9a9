from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, PASSPHRASE, made_folder

Run = Callable[..., Result]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)

    def run(*words: object, given: str | None = None, language: str = "en") -> Result:
        options = ["--folder", str(tmp_path / "kz"), "--language", language]
        return CliRunner().invoke(cli, [*options, *map(str, words)], input=given)

    return run


@pytest.fixture(name="node")
def _node(tmp_path: Path) -> Path:
    shutil.copytree(made_folder("KZ"), tmp_path / "kz")
    return tmp_path / "kz"


@pytest.fixture(name="ready")
def _ready(node: Path, run: Run, tmp_path: Path) -> Path:
    (tmp_path / "uz.card.toml").write_text(nodes.card_of(made_folder("UZ")), encoding="utf-8")
    (tmp_path / "agreement.toml").write_text(nodes.pair_agreement("KZ", "UZ"), encoding="utf-8")
    assert run("partner", "add", tmp_path / "uz.card.toml").exit_code == 0
    assert run("agreement", "activate", tmp_path / "agreement.toml").exit_code == 0
    return node


def plain(result: Result) -> Any:  # noqa: ANN401 - whatever JSON has
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help_lists_every_command(run: Run) -> None:
    listed = run("--help").stdout

    for name in ("init", "check", "serve", "map", "validate", "submit", "demo", "alert"):
        assert f"\n  {name} " in listed


def test_a_declaration_is_mapped_and_the_document_is_valid(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    mapped = run("map", DECLARATION, "--facts", FACTS, "--output", out, "--json")

    assert plain(mapped)["format"] == "esadout-cu"
    checked = run("validate", out, "--json")
    assert [one for one in plain(checked) if one["severity"] == "error"] == []


def test_a_declaration_without_its_facts_names_everything_that_is_missing(run: Run) -> None:
    result = run("map", DECLARATION)

    assert result.exit_code == 1
    assert "Declaration/ID" in result.stderr
    assert "Facts/MRN" in result.stderr


def test_a_declaration_may_come_on_standard_input(run: Run) -> None:
    result = run("map", "-", "--facts", FACTS, given=DECLARATION.read_text(encoding="utf-8"))

    assert result.exit_code == 0
    assert "<MetaData" in result.stdout


def test_validate_names_rule_place_and_value(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    run("map", DECLARATION, "--facts", FACTS, "--output", out)
    out.write_text(out.read_text(encoding="utf-8").replace(">KZ<", ">QX<"), encoding="utf-8")

    result = run("validate", out)

    assert result.exit_code == 1
    assert "[CAREC-R" in result.stdout
    assert "QX" in result.stdout
    assert "WCO 42A/" in result.stdout
    found = json.loads(run("validate", out, "--json").stdout)
    assert any(one["wco_pointer"].startswith("42A/") for one in found)
    assert {one["layer"] for one in found} == {"rules"}
    assert result.stdout.startswith("Layer 3, rules: what has to fit together\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<no xml", "input.malformed-xml"),
        (b"no xml", "mapping.unknown-format"),
        (b"<!DOCTYPE a><a/>", "input.unsafe-xml"),
        (b"<a/>", "mapping.unknown-format"),
    ],
)
def test_what_cannot_be_mapped_is_told_in_one_line_with_its_mending(
    run: Run, tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "x.xml").write_bytes(content)

    result = run("map", tmp_path / "x.xml")

    assert result.exit_code == 1
    assert f"[{code}]" in result.stderr
    assert "Traceback" not in result.output


def test_a_folder_or_a_missing_file_is_told_as_such(run: Run, tmp_path: Path) -> None:
    assert "it is a folder" in run("map", tmp_path).stderr
    assert "no such file" in run("validate", tmp_path / "none.xml").stderr


def test_a_value_and_a_leaf_are_explained(run: Run) -> None:
    value = run("explain", DECLARATION, "Declaration/DeclarationOfficeID").stdout
    leaf = run("explain", DECLARATION, "FilledPerson/SigningDetails/PersonName").stdout
    plain_told = plain(run("explain", DECLARATION, "42A/28A/18A/R011", "--json"))

    assert "rule: declaration.office" in value
    assert "(line 99): " in value
    assert "dropped: personal data" in leaf
    assert [one["wco_ids"] for one in plain_told["values"]] == ["42A/28A[1]/18A/R011"]


def test_a_place_that_is_not_there_is_answered_with_the_nearest(run: Run) -> None:
    told = run("explain", DECLARATION, "Declaration/DeclarationOfice")

    assert told.exit_code == 1
    assert "Declaration/DeclarationOfficeID" in told.stderr


def test_a_mapping_is_explained_as_a_table(run: Run) -> None:
    told = run("map", DECLARATION, "--facts", FACTS, "--explain").stdout.splitlines()

    heads = [line.split() for line in told if line.startswith(("element", "leaf"))]
    assert heads == [
        ["element", "value", "from", "line", "rule", "how"],
        ["leaf", "value", "fate", "line", "rule", "why"],
    ]
    assert any("declaration.office" in line and "codes of country" in line for line in told)


def test_errors_are_said_in_the_reader_s_language(run: Run, tmp_path: Path) -> None:
    said = run("map", tmp_path, language="ru").stderr

    assert not said.isascii()
    assert "[input.unreadable]" in said


def test_init_makes_a_node_that_check_finds_ready_but_for_a_partner(
    run: Run, tmp_path: Path
) -> None:
    made = run("init", tmp_path / "kz", "--country", "KZ", "--as4-port", 0, "--api-port", 0)
    checked = run("check")

    assert made.exit_code == 0, made.output
    assert checked.exit_code == 0, checked.output
    assert "[CHECK-01]" in checked.stdout


def test_check_of_a_broken_node_exits_with_1(run: Run, node: Path) -> None:
    (node / "keys" / "seal.key.pem").unlink()

    result = run("check")

    assert result.exit_code == 1
    assert "seal.key.pem" in result.stdout


def test_a_declaration_is_submitted_and_followed(run: Run, ready: Path) -> None:
    taken = plain(run("submit", DECLARATION, "--to", "customs.uz", "--facts", FACTS, "--key", "1"))
    again = plain(run("submit", DECLARATION, "--to", "customs.uz", "--facts", FACTS, "--key", "1"))
    seen = plain(run("submission", "show", taken["submission_id"]))

    whole = plain(run("submission", "show", taken["submission_id"], "--report"))

    assert taken["submission_id"] == again["submission_id"] == seen["submission_id"]
    assert len(whole["mapped"]) == seen["report"]["counts"]["mapped"]
    asked = ("--explain", "Declaration/DeclarationOfficeID")
    told = plain(run("submission", "show", taken["submission_id"], *asked))
    assert [one["rule"] for one in told["values"]] == ["declaration.office"]
    assert seen["state"] == "queued"
    (message,) = plain(run("message", "list"))["messages"]
    assert message["message_id"] == seen["message_id"]


def test_a_submission_that_is_refused_exits_with_1_and_every_finding(run: Run, ready: Path) -> None:
    result = run("submit", DECLARATION, "--to", "customs.uz")

    assert result.exit_code == 1
    assert "error: [CAREC-" in result.stderr
    assert json.loads(result.stdout)["state"] == "refused"


def test_a_submission_without_an_agreement_says_so(run: Run, node: Path, tmp_path: Path) -> None:
    (tmp_path / "uz.card.toml").write_text(nodes.card_of(made_folder("UZ")), encoding="utf-8")
    run("partner", "add", tmp_path / "uz.card.toml")

    result = run("submit", DECLARATION, "--to", "customs.uz", "--facts", FACTS)

    assert result.exit_code == 1
    assert "DENY-NO-AGREEMENT" in result.stdout


def test_an_alert_is_drafted_sent_and_listed(run: Run, ready: Path, tmp_path: Path) -> None:
    draft = {
        "valid_until": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "routine",
        "category": "TRD",
        "severity": 2,
        "summary": "Diversion suspected.",
        "contact_office": "KZ550302",
        "subjects": [{"equipment_id": "CSQU3054383"}],
    }
    (tmp_path / "alert.json").write_text(json.dumps(draft), encoding="utf-8")

    alert_id = plain(run("alert", "draft", tmp_path / "alert.json"))["alert_id"]
    plain(run("alert", "send", alert_id, "--to", "customs.uz"))

    (listed,) = plain(run("alert", "list", "--direction", "issued"))["alerts"]
    shown = plain(run("alert", "show", alert_id))
    assert listed["state"] == "sent"
    assert shown["recipients"][0]["party"] == "customs.uz"


def test_a_draft_that_is_no_json_is_told_as_such(run: Run, ready: Path, tmp_path: Path) -> None:
    (tmp_path / "alert.json").write_text("{", encoding="utf-8")

    assert "[alert.invalid]" in run("alert", "draft", tmp_path / "alert.json").stderr


def test_prearrival_lists_nothing_before_anything_came(run: Run, ready: Path) -> None:
    found = plain(run("prearrival", "--plate", "X1", "--from", "2026-01-31T08:00+05:00"))

    assert found == {"arrivals": [], "not_covered": 0, "next": None}


def test_agreements_are_listed_and_suspended(run: Run, ready: Path) -> None:
    (held,) = plain(run("agreement", "list"))
    name, version = held["agreement"], held["version"]

    (now,) = plain(run("agreement", "suspend", name, "--version", version, "--why", "a test"))

    assert (held["state"], now["state"], now["why"]) == ("active", "suspended", "a test")


@pytest.mark.parametrize(
    ("old", "new"),
    [('customs.kz"', 'customs.tj"'), ("Declaration/", "Deklaration/"), ("version", "vision")],
)
def test_an_agreement_that_cannot_be_used_is_refused_with_its_place(
    run: Run, ready: Path, tmp_path: Path, old: str, new: str
) -> None:
    text = nodes.pair_agreement("KZ", "UZ").replace(old, new)
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")

    result = run("agreement", "activate", tmp_path / "other.toml")

    assert result.exit_code == 1
    assert "[policy.invalid-agreement]" in result.stderr


def test_a_partner_s_card_is_listed_and_our_own_is_refused(run: Run, ready: Path) -> None:
    own = run("partner", "card").stdout

    (partner,) = plain(run("partner", "list"))
    refused = run("partner", "add", "-", given=own)

    assert partner["party"] == "customs.uz"
    assert "this node's own" in refused.stderr


def test_a_token_is_shown_once_listed_and_revoked(run: Run, ready: Path) -> None:
    token = run("token", "new", "post", "--role", "border-post").stdout.strip()
    (listed,) = plain(run("token", "list"))
    run("token", "revoke", "post")
    (revoked,) = plain(run("token", "list"))

    assert token.startswith("cen_")
    assert token not in json.dumps(listed)
    assert listed["revoked_at"] is None
    assert revoked["revoked_at"]


def test_a_name_is_used_for_one_token_only(run: Run, ready: Path) -> None:
    run("token", "new", "post", "--role", "border-post")

    assert run("token", "new", "post", "--role", "liaison").exit_code == 1


def test_a_token_that_is_not_there_cannot_be_revoked(run: Run, ready: Path) -> None:
    assert run("token", "revoke", "nobody").exit_code == 1


def test_the_audit_is_shown_after_its_chain_was_verified(run: Run, ready: Path) -> None:
    kept = plain(run("message", "audit"))

    assert {"partner.added", "agreement.activated"} <= {one["action"] for one in kept["audit"]}


def test_a_wrong_passphrase_is_told_as_such(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", "guess")

    assert "[config.passphrase]" in run("agreement", "list").stderr


def test_a_folder_that_is_no_node_is_told_as_such(run: Run) -> None:
    assert "[config.missing]" in run("agreement", "list").stderr
