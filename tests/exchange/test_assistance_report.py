from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import (
    MalformedIdentifierError,
    RoleError,
    UnusableQueryError,
)
from tests.exchange.assisting import Desks
from tests.world import LIAISON, OPERATOR, POST, pair_of_nodes

MIRRORED = {"ours": "theirs", "theirs": "ours"}


@pytest.fixture(name="desks")
def _desks(tmp_path: Path) -> Iterator[Desks]:
    with pair_of_nodes(tmp_path) as pair:
        desks = Desks(pair)
        desks.agree()
        yield desks


def reported(desks: Desks, name: str, **of: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - of a report
    """Return the row of either direction."""
    rows = getattr(desks.pair, name).reciprocity.report(LIAISON, **of)["rows"]
    return {one.pop("direction"): one for one in rows}


def test_both_sides_reckon_the_same_from_what_became_of_each_request(desks: Desks) -> None:
    answered, refused, postponed = desks.ask(), desks.ask(), desks.ask()
    desks.ask()
    desks.send_request(declarations=())  # the partner's node cannot take it
    desks.pair.clock.forward(days=4)
    desks.reply(answered, Act.COMPLETE, text="here")
    desks.reply(refused, Act.REFUSED, ground="burden")
    until = desks.pair.clock() + timedelta(days=30)
    desks.reply(postponed, Act.POSTPONED, ground="proceedings", until=until.isoformat())
    desks.pair.clock.forward(days=87)
    desks.pair.run()

    for name, side, partner in (("kz", "ours", "customs.uz"), ("uz", "theirs", "customs.kz")):
        rows = reported(desks, name)
        assert rows[side] == {
            "partner": partner,
            "asked": 4,
            "answered": 1,
            "refused": 1,
            "refused_by": {"burden": 1},
            "postponed": 1,
            "open": 2,
            "overdue": 2,
            "oral": 0,
            "lapsed": 0,
            "mean_days": 4.0,
        }
        other = rows[MIRRORED[side]]
        assert (other["partner"], other["asked"], other["mean_days"]) == (partner, 0, None)


def test_what_is_answered_or_still_in_time_is_not_overdue(desks: Desks) -> None:
    late = desks.ask()
    desks.pair.clock.forward(days=91)
    desks.pair.run()
    assert reported(desks, "uz")["theirs"]["overdue"] == 1

    desks.reply(late, Act.COMPLETE, text="here")
    desks.ask()

    assert reported(desks, "uz")["theirs"]["overdue"] == 0
    assert reported(desks, "uz")["theirs"]["open"] == 1


def test_an_oral_request_that_lapsed_is_counted_at_the_desks_that_wrote_it_down(
    desks: Desks,
) -> None:
    plain = {"given_by": "a", "taken_by": "b", "summary": "c", "reference": "oral/1"}
    desks.pair.kz.assistance.oral(
        LIAISON,
        {**plain, "at": desks.pair.clock().isoformat()},
        partner="customs.uz",
        purpose="INVESTIGATION",
        is_taken=False,
    )
    desks.pair.clock.forward(hours=24)
    desks.pair.run()

    ours = reported(desks, "kz")["ours"]
    assert (ours["asked"], ours["oral"], ours["lapsed"]) == (0, 1, 1)
    assert reported(desks, "uz") == {}


def test_information_given_unasked_is_no_request(desks: Desks) -> None:
    desks.pair.uz.assistance.inform(
        LIAISON,
        {"language": "en", "matter": "drugs", "facts": "A lorry left."},
        to="customs.kz",
        purpose="INVESTIGATION",
    )
    desks.pair.run()

    assert reported(desks, "uz") == reported(desks, "kz") == {}


def test_a_period_has_its_first_and_its_last_day(desks: Desks) -> None:
    desks.ask()
    today = desks.pair.clock().date()
    day = timedelta(days=1)

    def asked(since: date, until: date) -> int:
        rows = reported(desks, "kz", partner="customs.uz", since=since, until=until)
        return int(rows["ours"]["asked"])

    assert asked(today, today) == 1
    assert asked(today - day, today - day) == 0
    assert asked(today + day, today + day) == 0
    with pytest.raises(UnusableQueryError, match="comes after"):
        asked(today, today - day)


def test_the_usual_period_is_the_year_so_far(desks: Desks) -> None:
    year = desks.pair.clock().year

    found = desks.pair.kz.reciprocity.report(LIAISON)

    assert (found["since"], found["until"]) == (f"{year}-01-01", str(desks.pair.clock().date()))


def test_a_partner_that_is_named_has_rows_of_its_own_and_no_others(desks: Desks) -> None:
    desks.ask()

    rows = reported(desks, "kz", partner="customs.tj")

    assert {(one["partner"], one["asked"]) for one in rows.values()} == {("customs.tj", 0)}
    assert len(rows) == 2
    with pytest.raises(MalformedIdentifierError):
        reported(desks, "kz", partner="tajikistan")


def test_nothing_is_missed_where_the_register_has_many_pages(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange_node.services.assistance.reporting.PAGE", 2)
    for _ in range(5):
        desks.ask()

    assert reported(desks, "kz")["ours"]["asked"] == 5


def test_liaison_officers_alone_see_it_and_each_look_stands_in_the_access_log(
    desks: Desks,
) -> None:
    for actor in (POST, OPERATOR):
        with pytest.raises(RoleError):
            desks.pair.kz.reciprocity.report(actor)

    reported(desks, "kz", partner="customs.uz", since=date(2026, 1, 1))

    lines = desks.pair.kz.enquiry.audit(OPERATOR)["audit"]
    looks = [one for one in lines if one["action"] == "look.assistance.report"]
    assert sum("refused" in one["facts"] for one in looks) == 2
    (seen,) = [one for one in looks if "refused" not in one["facts"]]
    assert (seen["actor"], seen["partner"]) == (LIAISON.name, "customs.uz")
    assert seen["facts"]["since"] == "2026-01-01"
