"""The desks of a node's folder → what reaches them."""

from __future__ import annotations

from sqlalchemy import Engine

from exchange_node.channels.channel import Channel
from exchange_node.channels.folder import FolderChannel
from exchange_node.channels.mail import MailChannel, MailTls, Relay
from exchange_node.channels.webhook import WebhookChannel
from exchange_node.config.settings import Settings
from exchange_node.config.settings.desks import (
    DeskSettings,
    FolderSetting,
    MailSetting,
    WaySetting,
    WebhookSetting,
    read_desks,
)
from exchange_node.node.surroundings import Clock
from exchange_node.node.timetable import Bell
from exchange_node.security.vault import NodeVault
from exchange_node.services.telling import Telling


def telling_of(
    settings: Settings,
    engine: Engine,
    channel: Channel | None,
    vault: NodeVault,
    clock: Clock,
    bell: Bell,
) -> Telling:
    """Return what tells people; without a channel of its own it has the folder of the node.

    `vault`: opaque ids of happenings are made with a key that it derives.

    Raises:
        InvalidSettingError, MissingSettingError: `desks.toml` cannot be used.
    """
    told = read_desks(settings.folder)
    return Telling(
        engine=engine,
        channel=channel or FolderChannel(settings.notices_folder),
        key=vault.derived_key("notice ids"),
        clock=clock,
        desks=told.desks,
        ways=ways_of(told, clock),
        is_stopping=bell.is_stopping,
    )


def ways_of(settings: DeskSettings, clock: Clock) -> dict[str, Channel]:
    """Return by desk and way, with a slash between, the channel that reaches it."""
    return {place: _channel(way, clock) for place, way in settings.ways.items()}


def _channel(way: WaySetting, clock: Clock) -> Channel:
    match way:
        case MailSetting(to=to, relay=relay):
            known = Relay(
                host=relay.host,
                port=relay.port,
                sender=relay.sender,
                tls=MailTls(relay.tls),
                user=relay.user,
                password=relay.password,
                ca_file=relay.ca_file,
                seconds=relay.seconds,
            )
            return MailChannel(known, to)
        case WebhookSetting(url=url, secret=secret, ca_file=ca_file, seconds=seconds):
            return WebhookChannel(url, secret, clock, seconds, ca_file)
        case FolderSetting(folder=folder):
            return FolderChannel(folder)
