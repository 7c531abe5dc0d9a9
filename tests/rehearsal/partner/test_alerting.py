from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exchange_node.rehearsal.partner import Player, read_script
from tests.exchange.test_crossing import draft_of
from tests.exchange.test_withdrawn_alerts import alerted
from tests.world import LIAISON, Pair

HEAD = """\
format = "carec-partner-script-1"
title = "one"

[plays]
country = "KZ"
office = "KZ550302"
"""

Said = list[Mapping[str, object]]


def played(pair: Pair, folder: Path, text: str) -> Said:
    """Let Kazakhstan be played; return what the script says of itself."""
    said: Said = []
    script = read_script((HEAD + text).encode())
    Player(script=script, node=pair.kz, folder=folder, say=said.append)
    pair.run()
    return said


def start(*actions: str) -> str:
    return "\n".join(f"[[start]]\n{one}\n" for one in actions)


def test_an_alert_of_a_file_goes_with_the_words_of_the_action_in_its_place(
    pair: Pair, tmp_path: Path
) -> None:
    draft = draft_of(pair, "123ABC02") | {"contact_office": "KZ550101"}
    (tmp_path / "draft.json").write_text(json.dumps(draft), encoding="utf-8")

    said = played(
        pair,
        tmp_path,
        start('issue = "draft.json"\nmeans = "841ABC02"\nvalid_seconds = 3600\nto = "customs.uz"'),
    )

    assert [one["did"] for one in said] == ["issue"]
    there: Any = pair.uz.enquiry.alert(LIAISON, str(said[0]["alert"]))
    assert there["alert"]["subjects"][0]["means_id"] == "841ABC02"
    assert there["alert"]["contact"]["office"] == "KZ550101"
    ends = datetime.fromisoformat(there["valid_until"])
    assert ends == pair.clock() + timedelta(hours=1)


def test_what_cannot_be_done_is_said_and_the_script_goes_on(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")

    said = played(
        pair,
        tmp_path,
        start(
            "withdraw = true",
            'issue = "nothing.json"',
            'issue = "list.json"',
            'issue = "broken.json"',
            'issue = "sample"\nalert = "a"',
            'correct = "sample"\nalert = "a"\nremark = "It was 017ABC02."',
        ),
    )

    first, nothing, of_list, broken, issued, named = said
    assert "no alert was issued yet" in str(first["why"])
    assert nothing["failed"] == "input.unreadable"
    assert "list.json is no object" in str(of_list["why"])
    assert "broken.json" in str(broken["why"])
    assert issued["did"] == "issue"
    assert "CAREC-R513" in str(named["why"])


def test_an_alert_is_rejected_with_its_reason(pair: Pair, tmp_path: Path) -> None:
    played(
        pair,
        tmp_path,
        '[[steps]]\nwhen = { arrives = "RA-010" }\n'
        '[[steps.then]]\nreject = "NLB"\nremark = "No."\n',
    )

    alert_id = alerted(pair)
    pair.run()

    there: Any = pair.uz.enquiry.alert(LIAISON, alert_id)
    assert there["life"] == {"customs.kz": "rejected"}
    (word,) = there["acknowledgements"]
    assert (word["rejection"], word["remark"]) == ("NLB", "No.")


def test_feedback_is_told_of_the_version_that_the_script_names(pair: Pair, tmp_path: Path) -> None:
    played(
        pair,
        tmp_path,
        '[[steps]]\nwhen = { arrives = "RA-011" }\n[[steps.then]]\nfeedback = "NCK"\nversion = 1\n',
    )
    alert_id = alerted(pair)
    pair.run()

    corrected = draft_of(pair, "841ABC02")
    pair.uz.alerting.correcting.correct(LIAISON, alert_id, corrected, why="It was read wrong.")
    pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()

    there: Any = pair.uz.enquiry.alert(LIAISON, alert_id)
    assert [(one["version"], one["result"]) for one in there["feedback"]] == [(1, "NCK")]
