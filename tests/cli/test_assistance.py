from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.assistance.life import Act
from tests.exchange.assisting import Desks
from tests.world import PASSPHRASE, Pair

REQUEST = """language = "ru"
office = "KZ550302"
matter = "valuation"
measure = "a copy of the export declaration"
reason = "the value declared differs from the invoice"
purpose = "assessment of duties"
facts = "Three consignments were declared at half their value."
declarations = ["26KZ550302000000K6"]
checks = "our own records"
documents = ["export declaration"]
own_law = "law on personal data, article 8"
reciprocity = true

[[persons]]
name = "Example Trade LLP"
"""


@pytest.fixture(name="desks")
def _desks(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """Two desks whose commands go by the clock of the pair."""
    monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=pair.clock))
    desks = Desks(pair)
    desks.agree()
    return desks


def run(desks: Desks, name: str, *words: str, text: str | None = None) -> Result:
    folder = str(getattr(desks.pair, name).settings.folder)
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    words = ("--folder", folder, "assistance", *words)
    return CliRunner().invoke(cli, words, env=environment, input=text)


def done(desks: Desks, name: str, *words: str, text: str | None = None) -> dict[str, Any]:
    """Return what a command says, once it has reached the partner."""
    result = run(desks, name, *words, text=text)
    assert result.exit_code == 0, result.output
    desks.pair.run()
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_request_is_asked_and_every_reply_given_by_commands(desks: Desks, tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_text(REQUEST, encoding="utf-8")
    reference = str(done(desks, "kz", "request", str(file), "--to", "UZ")["reference"])

    for words in (
        ("acknowledge", reference, "--language", "ru", "--office", "UZ270101"),
        ("interim", reference, "--language", "ru", "--until", "2026-04-01", "--from", "KZ"),
        ("postpone", reference, "--language", "ru", "--ground", "proceedings",
         "--until", "2026-03-20"),
    ):  # fmt: skip
        done(desks, "uz", *words)
    answer = 'language = "ru"\ntext = "here"\n'
    done(desks, "uz", "answer", reference, "-", "--outcome", "partial", text=answer)
    done(desks, "uz", "answer", reference, "-", text=answer)

    shown = done(desks, "kz", "show", reference)
    assert [one["act"] for one in shown["papers"]] == [
        "asked", "acknowledged", "interim", "postponed", "partial", "complete",
    ]  # fmt: skip
    assert shown["papers"][3]["says"]["until"] == "2026-03-20T23:59:00+00:00"
    listed = done(desks, "uz", "list", "--direction", "theirs", "--partner", "KZ")["matters"]
    assert [(one["reference"], one["stage"]) for one in listed] == [(reference, "answered")]


def test_an_oral_request_and_information_are_written_down_by_commands(desks: Desks) -> None:
    oral = f"""given_by = "a"\ntaken_by = "b"\nsummary = "c"\nreference = "o-1"
at = {desks.pair.clock().isoformat()}
"""
    told = 'language = "en"\nmatter = "drugs"\nfacts = "A lorry left."\n'

    done(desks, "uz", "oral", "-", "--with", "KZ", "--taken", text=oral)
    done(desks, "uz", "inform", "-", "--to", "KZ", text=told)

    listed = done(desks, "uz", "list")["matters"]
    assert [(one["kind"], one["direction"]) for one in listed] == [
        ("information", "ours"),
        ("oral", "theirs"),
    ]


def test_a_report_is_a_table_of_what_each_side_asked(desks: Desks) -> None:
    reference = desks.ask()
    desks.reply(reference, Act.REFUSED, ground="burden")

    said = run(desks, "kz", "report", "--partner", "UZ", "--until", "2026-03-31").stdout
    told = done(desks, "kz", "report", "--partner", "UZ", "--json")

    first, heads, *rows = [" ".join(line.split()) for line in said.splitlines()]
    assert first == "Asked from 2026-01-01 to 2026-03-31, as it stands now"
    assert heads == (
        "partner who asked asked answered refused postponed open overdue oral lapsed"
        " days to answer grounds"
    )
    assert rows == [
        "customs.uz we 1 0 1 0 0 0 0 0 - burden 1",
        "customs.uz they 0 0 0 0 0 0 0 0 - -",
    ]
    assert told["rows"][0]["refused_by"] == {"burden": 1}
    assert "Example Trade" not in said


def test_a_report_of_days_in_which_nothing_was_asked_says_so(desks: Desks) -> None:
    assert "nothing was asked in these days" in run(desks, "kz", "report").stdout


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        (("request", "-", "--to", "UZ"), 'language = "ru"', "CAREC-H001"),
        (("request", "-", "--to", "UZ"), "no sign", "assistance.invalid"),
        (("request", "-", "--to", "Uzbekistan"), "", "domain.malformed-identifier"),
        (("acknowledge", "q1", "--language", "ru"), None, "store.unknown-record"),
        (("interim", "q1", "--language", "ru", "--until", "soon"), None, "is no day"),
        (("show", "q1"), None, "store.unknown-record"),
        (("report", "--since", "2026-05-01", "--until", "2026-04-01"), None, "comes after"),
    ],
)
def test_what_cannot_be_done_is_refused(
    desks: Desks, words: tuple[str, ...], text: str | None, code: str
) -> None:
    refused = run(desks, "kz", *words, text=text)

    assert refused.exit_code == 1
    assert code in refused.stderr


def test_what_was_cancelled_is_said_anew_by_a_command(desks: Desks, tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_text(REQUEST, encoding="utf-8")
    asked = json.loads(run(desks, "kz", "request", str(file), "--to", "UZ").stdout)
    folder = str(desks.pair.kz.settings.folder)
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}

    def message(*words: str) -> Result:
        return CliRunner().invoke(cli, ("--folder", folder, "message", *words), env=environment)

    early = message("anew", asked["message_id"])
    message("cancel", asked["message_id"], "--why", "no line")
    listed = done(desks, "kz", "list", "--stage", "undelivered")
    anew = message("anew", asked["message_id"])
    desks.pair.run()

    assert early.exit_code == 1
    assert "it cannot be sent anew now" in early.stderr
    assert [one["reference"] for one in listed["matters"]] == [asked["reference"]]
    assert json.loads(anew.stdout)["replaces"] == asked["message_id"]
    assert done(desks, "uz", "list")["matters"][0]["reference"] == asked["reference"]
