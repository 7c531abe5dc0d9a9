"""`schema_versions` of `node.toml` and of a card: which version is taken from which day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from exchange_node.wco.customisation.versions import Schedule, Switch

MOST_SWITCHES = 9


class SwitchTable(BaseModel):
    """One line of `schema_versions`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(pattern=r"^[0-9]\.[0-9]$")]
    since: Annotated[date, Field(alias="from")]
    overlap_days: Annotated[int, Field(ge=0, le=365)] = 30


Switches = Annotated[tuple[SwitchTable, ...], Field(max_length=MOST_SWITCHES)]


def schedule_of(tables: Iterable[SwitchTable]) -> Schedule:
    """Return the schedule that the lines make, in the order of their days."""
    found = (
        Switch(version=one.version, since=one.since, overlap=timedelta(days=one.overlap_days))
        for one in tables
    )
    return tuple(sorted(found, key=lambda one: one.since))


def as_toml(schedule: Schedule) -> str:
    """Return a schedule as a line of a card."""
    inside = ", ".join(
        f'{{ version = "{one.version}", from = {one.since.isoformat()},'
        f" overlap_days = {one.overlap.days} }}"
        for one in schedule
    )
    return f"schema_versions = [{inside}]"
