"""The tables of `desks.toml`, as they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_DESKS = 50
MOST_READERS = 50
LEAST_SECRET_BYTES = 32
"""Bytes of a webhook's secret: no shorter than what HMAC-SHA-256 gives (RFC 2104, 3)."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Severity = Annotated[int, Field(ge=1, le=4)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Address = Annotated[str, Field(pattern=r"^[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,255}$")]
Seconds = Annotated[float, Field(gt=0, le=60)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WayTable(_Section):
    """What every way to a desk may say."""

    name: Name | None = None
    severities: Annotated[tuple[Severity, ...], Field(min_length=1)] = (1, 2, 3, 4)
    when: Literal["always", "open"] = "always"
    facts: bool = False


class MailTable(WayTable):
    """`[[desk.mail]]`."""

    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=MOST_READERS)]


class WebhookTable(WayTable):
    """`[[desk.webhook]]`."""

    url: Annotated[str, Field(max_length=2000)]
    secret_file: Annotated[str, Field(min_length=1)]
    ca_file: str = ""
    timeout_seconds: Seconds = 20.0


class FolderTable(WayTable):
    """`[[desk.folder]]`."""

    folder: Annotated[str, Field(min_length=1)]


class DeskTable(_Section):
    """`[[desk]]`."""

    name: Name
    time_zone: str = "UTC"
    days: Annotated[tuple[Literal[DAYS], ...], Field(min_length=1)] | None = None  # type: ignore[valid-type]
    begin: Clock = "00:00"
    end: Clock = "00:00"
    acknowledge_minutes: dict[str, Annotated[int, Field(ge=1, le=43_200)]] = {}
    mail: tuple[MailTable, ...] = ()
    webhook: tuple[WebhookTable, ...] = ()
    folder: tuple[FolderTable, ...] = ()


class RouteTable(_Section):
    """`[[route]]`."""

    codes: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    desks: Annotated[tuple[Name, ...], Field(min_length=1, max_length=10)]
    severity: Severity = 3


class RelayTable(_Section):
    """`[relay]`."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    sender: Address
    tls: Literal["tls", "starttls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    timeout_seconds: Seconds = 20.0


class _Retry(_Section):
    first_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    factor: Annotated[float, Field(ge=1, le=10)] = 2.0
    most_seconds: Annotated[int, Field(ge=1, le=86_400)] = 1800
    max_retries: Annotated[int, Field(ge=0, le=1000)] = 20


class DesksFile(_Section):
    """The whole file."""

    link: Annotated[str, Field(max_length=500)] = ""
    keep_days: Annotated[int, Field(ge=1, le=4000)] = 90
    retry: _Retry = _Retry()
    relay: RelayTable | None = None
    desk: Annotated[tuple[DeskTable, ...], Field(max_length=MOST_DESKS)] = ()
    route: Annotated[tuple[RouteTable, ...], Field(max_length=200)] = ()
