from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import (
    BrokenSealError,
    NodeOutOfReachError,
    NoSnapshotError,
    RefusedByNodeError,
    StaleSnapshotError,
)
from exchange_node.services.posts import expecting
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from tests.post.conftest import MRN, PLATE, Border
from tests.world import FACTS

SEAL = "KZS0041701"
CONTAINER = "ALTU2045171"


def found(border: Border, value: str) -> list[str]:
    return [one["movement"] for one in border.post.find(value, operator="anna")["arrivals"]]


@pytest.mark.parametrize(
    "value", [MRN, MRN.lower(), f"KZ/mrn/{MRN}", PLATE, "017abc02", "017 АВС 02", CONTAINER, SEAL]
)
def test_what_is_expected_is_found_without_the_line(crossed: Border, value: str) -> None:
    crossed.post.sync(crossed.wire)
    crossed.wire.cut_after = 0

    assert found(crossed, value) == [f"KZ/mrn/{MRN}"]
    assert found(crossed, "999 XYZ 01") == []


def test_nothing_is_found_before_anything_was_fetched(border: Border) -> None:
    with pytest.raises(NoSnapshotError):
        border.post.find(PLATE, operator="anna")


def test_what_is_kept_counts_for_three_days_and_then_no_more(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    crossed.clock.forward(hours=72)
    assert found(crossed, PLATE)
    crossed.clock.forward(minutes=1)

    with pytest.raises(StaleSnapshotError, match="72 hours"):
        crossed.post.find(PLATE, operator="anna")


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_an_hour_off_is_put_right_and_told(crossed: Border, hours: int) -> None:
    crossed.clock.forward(hours=hours)

    done = crossed.post.sync(crossed.wire)

    assert done["clock_seconds"] == hours * 3600
    assert [one.code for one in done["findings"]] == ["POST-10" if hours > 0 else "POST-12"]
    crossed.clock.forward(hours=72)
    assert found(crossed, PLATE)
    crossed.clock.forward(minutes=1)
    with pytest.raises(StaleSnapshotError):
        crossed.post.find(PLATE, operator="anna")


def test_what_has_not_changed_is_not_carried_again(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    before = crossed.wire.carried
    crossed.clock.forward(hours=10)
    crossed.pair.clock.forward(hours=10)

    done = crossed.post.sync(crossed.wire)

    assert (done["fetched"], done["dropped"], done["entries"]) == (0, 0, 1)
    assert crossed.wire.carried - before < 700
    assert crossed.post.status()["hours_old"] == 0


def test_what_is_gone_at_the_node_goes_here_as_well(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    crossed.pair.clock.forward(days=20)
    crossed.clock.forward(days=20)

    done = crossed.post.sync(crossed.wire)

    assert (done["dropped"], done["entries"]) == (1, 0)
    assert found(crossed, PLATE) == []


def test_what_is_held_too_closely_does_not_leave_the_node(crossed: Border) -> None:
    with transaction(crossed.pair.uz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'confidential'"))

    assert crossed.post.sync(crossed.wire)["entries"] == 0


def test_an_entry_says_nothing_of_alerts_but_the_channel(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)

    (entry,) = crossed.post.find(PLATE, operator="anna")["arrivals"]

    assert entry["channel"] == "green"
    assert not {"reasons", "rule", "alerts"} & entry.keys()


def test_every_look_stands_in_the_access_log_of_the_node(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)

    with reading(crossed.pair.uz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=99) if one.action == "look.snapshot"]
    assert {one.actor for one in looks} == {"gate 3"}
    assert [one.movement for one in looks if one.subject_key] == [f"KZ/mrn/{MRN}"]


def test_the_token_of_another_office_fetches_nothing(crossed: Border) -> None:
    crossed.wire.token = crossed.pair.uz.access.new_token(
        "gate 9", crossed.pair.uz.access.actor_of(f"Bearer {crossed.wire.token}").roles, days=1
    )

    with pytest.raises(RefusedByNodeError, match="office UZ270101"):
        crossed.post.sync(crossed.wire)


def test_an_altered_answer_is_not_believed_and_nothing_of_it_kept(crossed: Border) -> None:
    crossed.wire.altered = lambda octets: octets[:-1] + bytes((octets[-1] ^ 1,))

    with pytest.raises(BrokenSealError):
        crossed.post.sync(crossed.wire)
    assert crossed.post.status()["entries"] == 0


def test_an_answer_that_was_kept_back_is_not_taken_for_a_new_one(crossed: Border) -> None:
    kept: list[bytes] = []

    def keep(octets: bytes) -> bytes:
        kept.append(octets)
        return octets

    crossed.wire.altered = keep
    crossed.post.sync(crossed.wire)
    crossed.wire.altered = lambda _: kept[0]

    with pytest.raises(BrokenSealError, match="another nonce"):
        crossed.post.sync(crossed.wire)


def test_a_line_cut_at_any_byte_loses_nothing_and_goes_on(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    whole = crossed.wire.carried
    known = crossed.post.store.note("state")["known"]
    crossed.post.store.drop(list(crossed.post.store.tags()))
    crossed.post.store.put_note("state", {})

    broken = 0
    for cut in range(0, whole, max(1, whole // 40)):
        crossed.wire.carried, crossed.wire.cut_after = 0, cut
        try:
            crossed.post.sync(crossed.wire)
        except NodeOutOfReachError:
            broken += 1
            assert crossed.post.store.note("state") == {}
        crossed.post.close()
        crossed.post = crossed.reopen()

    assert broken > 5
    assert found(crossed, PLATE) == [f"KZ/mrn/{MRN}"]
    assert crossed.post.store.note("state")["known"] == known


def test_nothing_of_a_manifest_stands_in_clear_in_the_store(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    crossed.post.close()

    folder = crossed.post.setting.folder
    octets = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [one for one in (MRN, "017ABC02", "Chinor", SEAL) if one.encode() in octets]
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_an_entry_whose_retention_has_ended_is_shown_no_more(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    number = next(iter(crossed.post.store.tags()))
    (entry,) = crossed.post.store.found("017ABC02")
    ended = (crossed.clock() - timedelta(minutes=1)).isoformat()
    crossed.post.store.put_entry(number, "x", entry | {"delete_after": ended}, ["017ABC02"])

    assert found(crossed, PLATE) == []


def test_a_page_has_no_more_bytes_than_a_slow_line_carries(
    crossed: Border, monkeypatch: pytest.MonkeyPatch
) -> None:
    for last in "11", "29":
        crossed.pair.submit(facts=FACTS.read_text("utf-8").replace(MRN, f"{MRN[:-2]}{last}"))
    crossed.pair.run()
    monkeypatch.setattr(expecting, "PAGE_BYTES", 1)  # one at a time goes whatever it has

    done = crossed.post.sync(crossed.wire)

    assert done["fetched"] == 3
    assert sum(one.endswith("/entries") for one in crossed.wire.asked) == 3
    assert all(found(crossed, f"{MRN[:-2]}{last}") for last in ("03", "11", "29"))
    with reading(crossed.pair.uz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=99) if one.action == "look.snapshot"]
    assert sum(bool(one.movement) for one in looks) == 3  # what was left out was not looked at
