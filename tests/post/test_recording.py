from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.node import printing
from exchange_node.post import Observation
from exchange_node.web.api import api_application
from tests.post.conftest import MRN, PLATE, Border
from tests.world import POST


def the_most() -> Observation:
    return Observation(
        kind="crossing", movement="M" * 70, operator="o" * 99, reason="r" * 400, means="m" * 70,
        direction="exit", equipment="e" * 70, seals=(("s" * 35, "c" * 20),) * 50,
        packages=10**8 - 1, remark="k" * 400,
    )  # fmt: skip


def test_the_most_that_is_recorded_the_node_takes(crossed: Border) -> None:
    crossed.post.record(the_most())
    crossed.post.sync(crossed.wire)
    crossed.post.find("x" * 999 + "\udc80", operator="o" * 99)

    done = crossed.post.sync(crossed.wire)

    assert [one["state"] for one in done["records"]] == ["merged"]
    assert crossed.post.status()["waiting"] == 1  # of a movement that is not held


@pytest.mark.parametrize("text", ["a\nb", "\udc80", "\x00"])
def test_what_no_line_of_text_can_hold_is_not_recorded(border: Border, text: str) -> None:
    one = Observation(
        kind="seal-check", movement=MRN, operator="anna", reason=text, seals=(("1", ""),)
    )

    with pytest.raises(InvalidSettingError, match="--reason"):
        border.post.record(one)


def test_a_moment_that_no_clock_can_be_put_right_by_is_taken_as_it_is(crossed: Border) -> None:
    crossed.clock.forward(hours=1)
    first = datetime.min.replace(tzinfo=UTC)
    crossed.post.record(
        Observation(
            kind="seal-check", movement=MRN, operator="anna", reason="down",
            seals=(("1", ""),), occurred_at=first,
        )
    )  # fmt: skip

    done = crossed.post.sync(crossed.wire)

    assert [one["state"] for one in done["records"]] == ["merged"]


def test_a_paper_that_shows_what_is_expected_is_a_look(crossed: Border) -> None:

    code = printing(crossed.pair.kz).print(POST, MRN).code
    crossed.post.sync(crossed.wire)
    crossed.post.verify(code, operator="anna")
    crossed.post.find(PLATE, operator="anna")

    looks = crossed.post.store.records()

    assert [(one.plain["operator"], one.plain["found"]) for one in looks] == [("anna", 1)] * 2


def test_a_partner_without_a_card_holds_up_no_other_record(crossed: Border, tmp_path: Path) -> None:
    pair = crossed.pair
    crossed.post.record(
        Observation(
            kind="crossing", movement=MRN, operator="anna", reason="down", direction="entry"
        )
    )
    crossed.post.record(
        Observation(
            kind="seal-check", movement=MRN, operator="anna", reason="down", seals=(("1", ""),)
        )
    )
    card = tmp_path / "uz" / "partners" / "customs.kz.toml"
    card.rename(tmp_path / "card.toml")
    pair.restart("uz")
    crossed.wire.client = TestClient(api_application(pair.uz))

    without = crossed.post.sync(crossed.wire)
    (tmp_path / "card.toml").rename(card)
    pair.restart("uz")
    crossed.wire.client = TestClient(api_application(pair.uz))
    done = crossed.post.sync(crossed.wire)

    assert [one["state"] for one in without["records"]] == ["merged"]
    assert without["entries"] == 1
    assert [one["state"] for one in done["records"]] == ["merged"]
    assert done["records"][0]["notice"].startswith("customs.uz-")
