from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.exchange.furthering import PHYTO, Further
from tests.world import PASSPHRASE, Pair

FURTHER = ("--to", PHYTO, "--purpose", "TRANSIT_CONTROL")


@pytest.fixture(name="further")
def _further(pair: Pair) -> Further:
    """Uzbekistan holds a manifest that an agency may get at any time."""
    further = Further(pair)
    further.agree(f'to = ["{PHYTO}"]\nconsent = "standing"\nnotify = false')
    return further


def run(further: Further, *words: str) -> Result:
    folder = str(further.pair.uz.settings.folder)
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", folder, "onward", *words], env=environment)


def test_a_record_is_written_with_a_cover_note(further: Further, tmp_path: Path) -> None:
    file = tmp_path / "out.json"

    done = run(further, "export", "manifest", further.subject, *FURTHER, "-o", str(file))

    cover = json.loads((tmp_path / "out.json.cover.json").read_text("utf-8"))
    assert done.exit_code == 0
    assert cover == json.loads(done.stdout)
    assert (cover["supplier"], cover["recipient"], cover["unverified"]) == (
        "customs.kz", PHYTO, True,
    )  # fmt: skip
    assert json.loads(file.read_text("utf-8"))["fields"]
    (line,) = json.loads(run(further, "list", "--exports").stdout)["exports"]
    assert line["by"].startswith("cli:")


def test_a_preview_says_what_would_be_decided_and_exports_nothing(further: Further) -> None:
    allowed = run(further, "export", "manifest", further.subject, *FURTHER, "--preview")
    denied = run(
        further, "export", "manifest", further.subject, "--to", "AGENCY_TAX",
        "--purpose", "RECOVERY", "--preview",
    )  # fmt: skip

    assert (allowed.exit_code, denied.exit_code) == (0, 1)
    said = json.loads(denied.stdout)
    assert said["code"] == "DENY-EXPORT-RECIPIENT"
    assert [one["check"] for one in said["checks"] if not one["passed"]] == [
        "DENY-EXPORT-RECIPIENT",
        "DENY-EXPORT-PURPOSE-CONSENT",
    ]
    assert json.loads(run(further, "list", "--exports").stdout) == {"exports": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            ("export", "manifest", "{subject}", "--to", "AGENCY_TAX", "-o", "x"),
            "[policy.not-permitted]",
        ),
        (("ask", "manifest", "{subject}", "--to", PHYTO, "--why", "x"), "[enquiry.unusable-query]"),
        (("ask", "manifest", "KZ/mrn/0", "--to", PHYTO, "--why", "x"), "[store.unknown-record]"),
        (("export", "manifest", "{subject}", "--to", PHYTO), "--output FILE"),
        (("show", "r1"), "[store.unknown-record]"),
        (("decide", "r1", "granted"), "[store.unknown-record]"),
    ],
)
def test_what_may_not_be_is_refused_in_one_line(
    further: Further, words: tuple[str, ...], code: str
) -> None:
    words = tuple(one.format(subject=further.subject) for one in words)
    purpose = ("--purpose", "TRANSIT_CONTROL") if words[0] in ("ask", "export") else ()

    refused = run(further, *words, *purpose)

    assert refused.exit_code != 0
    assert code in refused.stderr
    assert not Path("x").exists()


def test_a_new_node_has_neither_requests_nor_exports(further: Further) -> None:
    assert json.loads(run(further, "list").stdout) == {"requests": []}
