"""`desks.toml` → who is told of what, and by which ways; without that file, the folder alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from exchange_node.config.intake import parse_toml
from exchange_node.config.settings.desk_tables import (
    DAYS,
    LEAST_SECRET_BYTES,
    DesksFile,
    DeskTable,
    FolderTable,
    MailTable,
    RelayTable,
    RouteTable,
    WebhookTable,
)
from exchange_node.config.settings.files import read_text
from exchange_node.domain.desks.desk import EVERY, Desk, Desks, Route, Way
from exchange_node.domain.desks.hours import Hours
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.transmission import Retry

DESKS_FILE = "desks.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySetting:
    """The server that takes mail; `password` stands in a file of its own."""

    host: str
    port: int
    sender: str
    tls: str
    user: str
    password: str = field(repr=False)
    ca_file: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSetting:
    """A way by mail."""

    to: tuple[str, ...]
    relay: RelaySetting


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSetting:
    """A way to a system of ours over HTTP."""

    url: str
    secret: bytes = field(repr=False)
    ca_file: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSetting:
    """A way through a folder that a national system watches."""

    folder: Path


WaySetting = MailSetting | WebhookSetting | FolderSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """What `desks.toml` says.

    Attributes:
        ways: by desk and way, with a slash between, how it is reached.
    """

    desks: Desks = field(default_factory=Desks)
    ways: dict[str, WaySetting] = field(default_factory=dict)


def read_desks(folder: Path) -> DeskSettings:
    """Read `desks.toml` of a node's folder; nobody is told where there is none.

    Raises:
        MissingSettingError: a file of a password or secret that it names is not there.
        InvalidSettingError: it is no TOML, a key is unknown or unusable, or names do not fit.
    """
    path = folder / DESKS_FILE
    if not path.exists():
        return DeskSettings()
    plain = parse_toml(read_text(path), path.name)
    try:
        # As JSON lists become tuples, while 1 stays apart from "1".
        file = DesksFile.model_validate_json(json.dumps(plain, default=str))
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unusable(where, first["msg"]) from None
    relay = _relay(file.relay, folder) if file.relay is not None else None
    ways: dict[str, WaySetting] = {}
    desks: dict[str, Desk] = {}
    for one in file.desk:
        if one.name in desks:
            raise _unusable(f"desk {one.name}", "there is another desk of that name")
        desks[one.name] = _desk(one, ways, relay, folder)
    read = Desks(
        desks=desks,
        routes=tuple(_route(one, desks) for one in file.route),
        retry=Retry(
            first=timedelta(seconds=file.retry.first_seconds),
            factor=file.retry.factor,
            most=timedelta(seconds=file.retry.most_seconds),
            max_retries=file.retry.max_retries,
        ),
        link=file.link,
        keep=timedelta(days=file.keep_days),
    )
    for route in read.routes:
        if (longest := read.longest(route)) >= read.keep:
            why = (
                f"desks along the route {route.codes[0]} have {longest} together to answer:"
                " want more days than that"
            )
            raise _unusable("keep_days", why)
    return DeskSettings(desks=read, ways=ways)


def _desk(
    one: DeskTable, ways: dict[str, WaySetting], relay: RelaySetting | None, folder: Path
) -> Desk:
    named: list[Way] = []
    for kind, way in _ways(one):
        name = way.name or kind
        place = f"{one.name}/{name}"
        if place in ways:
            raise _unusable(f"desk {one.name}", f"name its ways: two are called {name}")
        ways[place] = _setting(place, way, relay, folder)
        named.append(
            Way(
                name=name,
                severities=frozenset(way.severities),
                waits=way.when == "open",
                facts=way.facts,
            )
        )
    if not named:
        raise _unusable(f"desk {one.name}", "it has no way: want desk.mail, .webhook or .folder")
    unknown = set(one.acknowledge_minutes) - {"1", "2", "3", "4"}
    if unknown:
        raise _unusable(f"desk {one.name}, acknowledge_minutes", "want severities, 1 to 4")
    return Desk(
        name=one.name,
        ways=tuple(named),
        hours=_hours(one),
        acknowledge={
            int(severity): timedelta(minutes=minutes)
            for severity, minutes in one.acknowledge_minutes.items()
        },
    )


def _ways(one: DeskTable) -> Iterator[tuple[str, MailTable | WebhookTable | FolderTable]]:
    for mail in one.mail:
        yield "mail", mail
    for webhook in one.webhook:
        yield "webhook", webhook
    for folder in one.folder:
        yield "folder", folder


def _hours(one: DeskTable) -> Hours | None:
    try:
        zone = ZoneInfo(one.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        why = f"this machine knows no time zone {one.time_zone}"
        raise _unusable(f"desk {one.name}, time_zone", why) from None
    if one.days is None:
        return None
    return Hours(
        zone=zone,
        days=frozenset(DAYS.index(day) for day in one.days),
        begin=time.fromisoformat(one.begin),
        end=time.fromisoformat(one.end),
    )


def _setting(
    place: str,
    way: MailTable | WebhookTable | FolderTable,
    relay: RelaySetting | None,
    folder: Path,
) -> WaySetting:
    match way:
        case MailTable():
            if relay is None:
                raise _unusable(f"desk {place}", "mail needs a [relay]")
            return MailSetting(to=way.to, relay=relay)
        case WebhookTable():
            return WebhookSetting(
                url=_url(place, way.url),
                secret=_secret(place, folder / way.secret_file),
                ca_file=str(folder / way.ca_file) if way.ca_file else "",
                seconds=way.timeout_seconds,
            )
        case FolderTable():
            return FolderSetting(folder=folder / way.folder)


def _relay(one: RelayTable, folder: Path) -> RelaySetting:
    if one.tls == "none" and not _is_loopback(one.host):
        raise _unusable("relay.tls", "none is for this machine's own relay alone")
    if bool(one.user) != bool(one.password_file):
        raise _unusable("relay", "user and password_file go together")
    password = read_text(folder / one.password_file).strip() if one.password_file else ""
    return RelaySetting(
        host=one.host,
        port=one.port,
        sender=one.sender,
        tls=one.tls,
        user=one.user,
        password=password,
        ca_file=str(folder / one.ca_file) if one.ca_file else "",
        seconds=one.timeout_seconds,
    )


def _url(place: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise _unusable(f"desk {place}, url", "it is no URL") from None
    if not host or parts.username is not None or parts.fragment:
        raise _unusable(f"desk {place}, url", "want a host, no password and no fragment in it")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise _unusable(f"desk {place}, url", "want https; http is for this machine alone")
    return url


def _secret(place: str, path: Path) -> bytes:
    secret = read_text(path).strip().encode()
    if len(secret) < LEAST_SECRET_BYTES:
        why = f"the secret has {len(secret)} bytes; want {LEAST_SECRET_BYTES} or more, at random"
        raise _unusable(f"desk {place}, secret_file", why)
    return secret


def _route(one: RouteTable, desks: dict[str, Desk]) -> Route:
    for code in one.codes:
        if not re.fullmatch(r"[a-z-]+(\.[a-z-]+)*(\.\*)?", code) and code != EVERY:
            raise _unusable(f"route {code}", "want the code of a notice; `alert.*` is of a kind")
    for name in one.desks:
        if name not in desks:
            raise _unusable(f"route {one.codes[0]}", f"there is no desk {name}")
    if len(set(one.desks)) < len(one.desks):
        raise _unusable(f"route {one.codes[0]}", "a desk stands there twice")
    return Route(codes=one.codes, desks=one.desks, severity=one.severity)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(where: str, why: str) -> InvalidSettingError:
    return InvalidSettingError(where=f"{DESKS_FILE}, {where}", why=why)
