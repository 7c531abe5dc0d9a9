"""Alerts after the weather: their versions, lives, hits and channels at issuer and recipients."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange_node.domain.alerting import Event, State, moved
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.services.stations.alerting.life import told_of
from exchange_node.store.database import reading
from exchange_node.store.records import alerts, manifests
from tests.exchange.alarming import DESKS, HEADING, ISSUER, NAMED, PLATE, THREE, UNNAMED, shown
from tests.exchange.corridor import Corridor

OTHER = "01B888CD"
GOODS = "2402"
"""A plate and goods that no manifest has."""

Sought = tuple[Mapping[str, str], ...]

VEHICLE_AND_GOODS: Sought = ({"means_id": PLATE}, {"commodity_prefix": HEADING})
TEXTS: Mapping[str, Sought] = {
    "the same": VEHICLE_AND_GOODS,
    "another vehicle": ({"means_id": OTHER}, {"commodity_prefix": HEADING}),
    "no vehicle": ({"commodity_prefix": HEADING},),
    "nothing here": ({"means_id": OTHER}, {"commodity_prefix": GOODS}),
}
"""What a correction looks for."""

MANIFESTS = {NAMED: 2, ISSUER: 1, UNNAMED: 1}
"""How many of the sample each holds: one for each partner."""

STRENGTH = ("green", "orange", "red")
IS_GONE = {State.SUPERSEDED, State.WITHDRAWN}


@dataclass(frozen=True)
class Said:
    """What a version looks for, and until when."""

    until: datetime
    sought: Sought = VEHICLE_AND_GOODS


@dataclass(eq=False)
class Issued:
    """An alert as its issuer's desk knows it.

    Attributes:
        said: what each version says that took the place of the one before.
        draft: the correction that was not sent yet, by version.
    """

    alert_id: str
    said: dict[int, Said]
    draft: tuple[int, Said] | None = None
    is_withdrawn: bool = False

    @property
    def last(self) -> int:
        """The version that took the place of all others."""
        return max(self.said)

    def read_by(self, name: str) -> list[dict[str, str]]:
        """Return the subjects of the last version as one may know them."""
        sought = self.said[self.last].sought
        return [dict(one) for one in sought if name != UNNAMED or "means_id" not in one]

    def fits(self, name: str) -> list[str]:
        """Return what of the last version fits the sample, as far as one may know it."""
        values = [value for one in self.read_by(name) for value in one.values()]
        return [one for one in values if one in (PLATE, HEADING)]

    def has_ended(self, at: datetime) -> bool:
        """Whether the validity of the last version is over."""
        return self.said[self.last].until <= at


def converged(
    world: Corridor, issued: Issued, given: Mapping[str, Collection[tuple[str, object]]]
) -> None:
    """Pass where issuer and recipients see the same of an alert.

    Args:
        given: reference and version of the feedback that each recipient's node took.
    """
    there = shown(world, ISSUER, issued.alert_id)
    stands = {one["version"]: one["state"] for one in there["versions"]}
    ended = "withdrawn" if issued.is_withdrawn else "sent"
    assert stands[issued.last] in (ended, "approved"), stands
    assert all(
        stands[one] in ("superseded", "withdrawn") for one in issued.said if one != issued.last
    )
    _require_hits(world, ISSUER, issued, there)
    for name in DESKS:
        _converged_with(world, name, issued, there, given.get(name, ()))


def _converged_with(
    world: Corridor,
    name: str,
    issued: Issued,
    there: Mapping[str, Any],
    given: Collection[tuple[str, object]],
) -> None:
    party, now = f"customs.{name}", world.clock()
    reached = {
        one["version"]: one["life"][party] for one in there["versions"] if party in one["life"]
    }
    try:
        here = shown(world, name, issued.alert_id)
    except UnknownRecordError:
        # Nobody tried to send it before it was taken back.
        assert issued.is_withdrawn
        assert reached == {}
        return
    lives = {one["version"]: one["life"]["here"] for one in here["versions"] if one["life"]}
    told = {one: told_at(world, name, issued.alert_id, one, now) for one in lives}
    assert reached == told
    fitted = {one["version"] for one in here["hits"]}
    assert lives == {
        version: moved(State(stands), Event.HIT) if version in fitted else stands
        for version, stands in told.items()
    }
    assert sorted(
        (one["reference"], one["version"]) for one in there["feedback"] if one["party"] == party
    ) == sorted(given)
    assert all(stands in IS_GONE for version, stands in told.items() if version < issued.last)
    _require_deleted(world, name, issued)
    _require_hits(world, name, issued, here)
    if issued.is_withdrawn:
        assert set(told.values()) <= {State.WITHDRAWN}
        assert here["alert"]["subjects"] == []
    else:
        assert told[issued.last] not in IS_GONE
        assert here["version"] == issued.last
        assert [
            {key: value for key, value in one.items() if value} for one in here["alert"]["subjects"]
        ] == issued.read_by(name)
    named = PLATE in str(issued.read_by(name)) and not issued.is_withdrawn
    assert (PLATE in str(here["alert"])) is named
    if not named:
        assert PLATE not in str([one["matches"] for one in here["hits"]])


def _require_hits(world: Corridor, name: str, issued: Issued, shows: Mapping[str, Any]) -> None:
    for one in shows["hits"]:
        is_former = one["version"] < issued.last
        # At a recipient a withdrawal takes every version back, at its issuer what still counted.
        is_withdrawn = issued.is_withdrawn and not (name == ISSUER and is_former)
        assert one["is_withdrawn"] is is_withdrawn, (name, one["version"])
        assert one["is_superseded"] is (is_former and not is_withdrawn), (name, one["version"])
    if issued.is_withdrawn or issued.has_ended(world.clock()):
        return
    live = [one for one in shows["hits"] if one["version"] == issued.last]
    assert len(live) == len(issued.fits(name)) * MANIFESTS[name], (name, issued.last)


def _require_deleted(world: Corridor, name: str, issued: Issued) -> None:
    """Pass where nothing is left of what earlier versions said at a recipient."""
    with reading(world.nodes[name].engine) as conn:
        for one in alerts.versions(conn, f"customs.{ISSUER}", issued.alert_id):
            is_gone = one.version < issued.last or (
                issued.is_withdrawn and one.version == issued.last
            )
            assert (one.disposed_at is not None) is is_gone, (name, one.version)


def channels_rest_on(world: Corridor, issued: Collection[Issued]) -> None:
    """Pass where every channel is what the versions that live lead to.

    A channel that an alert led to stays when its validity ends: then nothing is said of it.
    """
    if any(one.has_ended(world.clock()) for one in issued):
        return
    for name in THREE:
        leads = [STRENGTH[0]]
        for one in issued:
            try:
                shows = shown(world, name, one.alert_id)
            except UnknownRecordError:
                continue
            if one.is_withdrawn or shows["life"].get("here") == State.REJECTED:
                continue
            fits = one.fits(name)
            leads += ["red" if PLATE in fits else "orange"] if fits else []
        with reading(world.nodes[name].engine) as conn:
            held = manifests.current(conn, after=0, limit=9)
        assert {one.decision.channel for one in held if one.decision} == {
            max(leads, key=STRENGTH.index)
        }, name
        assert len(held) == MANIFESTS[name]


def told_at(world: Corridor, name: str, alert_id: str, version: int, at: datetime) -> State:
    """Return where a version stands at a recipient, by what it told its issuer."""
    with reading(world.nodes[name].engine) as conn:
        held = alerts.find(conn, f"customs.{ISSUER}", alert_id, version)
        assert held is not None
        return told_of(conn, held, at)
