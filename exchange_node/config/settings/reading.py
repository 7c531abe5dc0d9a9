"""`node.toml` → `Settings`: strict, every unknown or unusable key named with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.intake import parse_toml
from exchange_node.config.settings.files import anchored, read_text
from exchange_node.config.settings.listener import Listener
from exchange_node.config.settings.switches import Switches, schedule_of
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import (
    InvalidSettingError,
    MalformedIdentifierError,
)
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.transmission import Retry
from exchange_node.security.trusting.policy import RevocationPolicy, Strictness
from exchange_node.wco.customisation.versions import Schedule

SETTINGS_FILE = "node.toml"

Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[int, Field(ge=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Node(_Section):
    party: str
    administration: Annotated[str, Field(min_length=1, max_length=70)]
    test: bool
    schema_versions: Switches = ()


class _Store(_Section):
    url: str = "sqlite:///var/node.db"
    max_megabytes: Annotated[int, Field(ge=0)] = 0


class _Listener(_Section):
    host: str = "127.0.0.1"
    port: Port = 0


class _As4(_Listener):
    public_url: str = ""


class _Keys(_Section):
    folder: str = "keys"
    passphrase_file: str = ""
    overlap_days: Annotated[int, Field(ge=0, le=365)] = 7


class _Trust(_Section):
    revocation: Literal["require", "grace", "off"] = "grace"
    max_age_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    grace_hours: Annotated[int, Field(ge=0, le=720)] = 24
    clock_minutes: Annotated[int, Field(ge=0, le=120)] = 10
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    crl_folder: str = ""


class _Retry(_Section):
    first_seconds: Positive = 30
    factor: Annotated[float, Field(ge=1, le=10)] = 2.0
    most_seconds: Positive = 3600
    max_retries: Annotated[int, Field(ge=0, le=1000)] = 30
    errors: tuple[Annotated[str, Field(pattern=r"^EBMS:\d{4}$")], ...] = ("EBMS:0005", "EBMS:0202")


class _Limits(_Section):
    document_bytes: Annotated[int, Field(ge=1000, le=20_000_000)] = 20_000_000
    attachment_bytes: Annotated[int, Field(ge=1000, le=2_000_000_000)] = 500_000_000
    message_bytes: Annotated[int, Field(ge=1000, le=4_000_000_000)] = 600_000_000


class _Worker(_Section):
    poll_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0
    answer_timeout_seconds: Positive = 60
    park_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    post_hours: Annotated[int, Field(ge=1, le=2000)] = 72


class _Pull(_Section):
    interval_seconds: Annotated[float, Field(gt=0, le=86_400)] = 30.0
    most_seconds: Positive = 3600


class _Availability(_Section):
    ping_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    silent_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60


class _Captures(_Section):
    messages: Positive = 200
    days: Positive = 14


class _Quality(_Section):
    days: Annotated[int, Field(ge=1, le=4000)] = 400


class _Release(_Section):
    hours: Annotated[int, Field(ge=1, le=2000)] = 72


class _Indicators(_Section):
    least: Annotated[int, Field(ge=3, le=1000)] = 10


class _Notices(_Section):
    folder: str = "var/notices"


class _File(_Section):
    node: _Node
    store: _Store = _Store()
    as4: _As4 = _As4()
    api: _Listener = _Listener()
    keys: _Keys = _Keys()
    trust: _Trust = _Trust()
    retry: _Retry = _Retry()
    limits: _Limits = _Limits()
    worker: _Worker = _Worker()
    pull: _Pull = _Pull()
    availability: _Availability = _Availability()
    captures: _Captures = _Captures()
    quality: _Quality = _Quality()
    release: _Release = _Release()
    indicators: _Indicators = _Indicators()
    notices: _Notices = _Notices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `node.toml` says, with every path absolute.

    Attributes:
        schema_versions: which version of our documents this node takes from which day on.
        store_max_bytes: quota of the SQLite database; None means none.
        public_url: what partners are told to post to.
        overlap: how long partners have to take a new certificate of ours in, before it is used.
        revocation: how authorities are asked about revoked certificates.
        authority_timeout_seconds: how long one question to an authority may take.
        crl_folder: where revocation lists lie that somebody carried in; None for nowhere.
        pull_seconds: until an empty channel is asked again.
        most_pull_seconds: at most, until a channel is asked again that fails.
        ping_seconds, silent_minutes: how often partners are asked whether they are there, and
            after how long a silence a person is told; 0 for never.
        quality_days: how long counters of quality are kept.
        patience: how long a message waits for what has to happen to its movement first.
        post_hours: how long a post's record waits for its movement to come to be known.
        release_hours: how long a message waits for officers before it lapses.
        least_counted: how many there have to be before an indicator of alerts says anything.
        repeated_errors: ebMS codes of a partner's errors after which a message is sent again.
    """

    folder: Path
    administration: Administration
    schema_versions: Schedule
    store_url: str
    store_max_bytes: int | None
    as4: Listener
    public_url: str
    api: Listener
    keys_folder: Path
    passphrase_file: Path | None
    overlap: timedelta
    revocation: RevocationPolicy
    authority_timeout_seconds: float
    crl_folder: Path | None
    retry: Retry
    repeated_errors: frozenset[str]
    document_bytes: int
    attachment_bytes: int
    message_bytes: int
    poll_seconds: float
    answer_timeout_seconds: int
    patience: timedelta
    post_hours: int
    pull_seconds: float
    most_pull_seconds: int
    ping_seconds: int
    silent_minutes: int
    captured_messages: int
    captured_days: int
    quality_days: int
    release_hours: int
    least_counted: int
    notices_folder: Path

    @property
    def partners_folder(self) -> Path:
        """Where the partners' cards lie."""
        return self.folder / "partners"

    @property
    def pmodes_folder(self) -> Path:
        """Where what is technically agreed with single partners is written down."""
        return self.folder / "pmodes"

    @property
    def profiles_folder(self) -> Path:
        """Where this node's own national profiles lie."""
        return self.folder / "national"

    @property
    def spool_folder(self) -> Path:
        """Where large messages lie, in files without a name, while they are worked on."""
        return self.folder / "var" / "spool"

    @property
    def request_bytes(self) -> int:
        """How much the API takes at once: a document in base64 or escaped, and what is about it."""
        return 3 * self.document_bytes

    @property
    def code_lists_folder(self) -> Path:
        """Where this node's own code lists lie; they add to and replace the shipped ones."""
        return self.folder / "codelists"


def read_settings(folder: Path) -> Settings:
    """Read `node.toml` of a node's folder.

    Raises:
        MissingSettingError: there is no such file.
        InvalidSettingError: it is no TOML, or a key is unknown or unusable.
    """
    path = folder / SETTINGS_FILE
    plain = parse_toml(read_text(path), path.name)
    try:
        file = _File.model_validate(plain)
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{path.name}, {place}", why=first["msg"]) from None
    try:
        party = PartyId.parse(file.node.party)
    except MalformedIdentifierError as err:
        raise InvalidSettingError(where=f"{path.name}, node.party", why=str(err)) from None
    root = folder.resolve()
    return Settings(
        folder=root,
        administration=Administration(
            party=party, name=file.node.administration, test=file.node.test
        ),
        schema_versions=schedule_of(file.node.schema_versions),
        store_url=anchored(file.store.url, root),
        store_max_bytes=file.store.max_megabytes * 1_000_000 or None,
        as4=Listener(host=file.as4.host, port=file.as4.port),
        public_url=file.as4.public_url,
        api=Listener(host=file.api.host, port=file.api.port),
        keys_folder=root / file.keys.folder,
        passphrase_file=root / file.keys.passphrase_file if file.keys.passphrase_file else None,
        overlap=timedelta(days=file.keys.overlap_days),
        revocation=RevocationPolicy(
            strictness=Strictness(file.trust.revocation),
            max_age=timedelta(minutes=file.trust.max_age_minutes),
            grace=timedelta(hours=file.trust.grace_hours),
            tolerance=timedelta(minutes=file.trust.clock_minutes),
        ),
        authority_timeout_seconds=file.trust.timeout_seconds,
        crl_folder=root / file.trust.crl_folder if file.trust.crl_folder else None,
        retry=Retry(
            first=timedelta(seconds=file.retry.first_seconds),
            factor=file.retry.factor,
            most=timedelta(seconds=file.retry.most_seconds),
            max_retries=file.retry.max_retries,
        ),
        repeated_errors=frozenset(file.retry.errors),
        document_bytes=file.limits.document_bytes,
        attachment_bytes=file.limits.attachment_bytes,
        message_bytes=file.limits.message_bytes,
        poll_seconds=file.worker.poll_seconds,
        answer_timeout_seconds=file.worker.answer_timeout_seconds,
        patience=timedelta(minutes=file.worker.park_minutes),
        post_hours=file.worker.post_hours,
        pull_seconds=file.pull.interval_seconds,
        most_pull_seconds=file.pull.most_seconds,
        ping_seconds=file.availability.ping_seconds,
        silent_minutes=file.availability.silent_minutes,
        captured_messages=file.captures.messages,
        captured_days=file.captures.days,
        quality_days=file.quality.days,
        release_hours=file.release.hours,
        least_counted=file.indicators.least,
        notices_folder=root / file.notices.folder,
    )
