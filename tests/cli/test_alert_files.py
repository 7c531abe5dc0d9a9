from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import PASSPHRASE, Pair


def test_a_file_is_handed_in_and_out_by_commands(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=pair.clock))

    def run(*words: str, text: str | None = None) -> Result:
        words = ("--folder", str(pair.uz.settings.folder), "alert", *words)
        environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
        return CliRunner().invoke(cli, words, env=environment, input=text)

    photo, other, out = (tmp_path / one for one in ("photo.jpg", "other.jpg", "out.jpg"))
    photo.write_bytes(b"photo")
    other.write_bytes(b"other")
    digest = hashlib.sha256(b"photo").hexdigest()
    plain = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": "01A777BC"}],
        "attachments": [{"digest": digest, "media_type": "image/jpeg", "size_bytes": 5}],
    }
    alert_id = json.loads(run("draft", "-", text=json.dumps(plain)).stdout)["alert_id"]

    kept = run("hand-in", alert_id, str(photo))
    refused = run("hand-in", alert_id, str(other))
    given = run("hand-out", alert_id, digest, "--out", str(out))

    assert (kept.exit_code, json.loads(kept.stdout)["kept"]) == (0, True), kept.output
    assert refused.exit_code != 0
    assert "names no file of SHA-256" in refused.output
    assert given.exit_code == 0, given.output
    assert out.read_bytes() == b"photo"
