"""`post.toml` → what a border post was told when it was made."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.intake import parse_toml
from exchange_node.config.settings.files import read_text
from exchange_node.domain.errors import InvalidSettingError, UnwritableOutputError

POST_FILE = "post.toml"

_TEXT = """\
# Settings of a border post (docs/post.md). What is left out has the value that stands here.

[post]
# The customs office it stands at, as its token and the manifests name it.
office = "{office}"
# The administration whose post it is.
party = "{party}"
# true: test data only; a paper of a real movement is refused then, and the other way round.
test = {test}
# Where the node's API is; https, unless it is on this machine.
url = "{url}"
# A file with the token of this post (role border-post, made with --office), for its owner alone.
token_file = "token"
# The passphrase comes from EXCHANGE_NODE_PASSPHRASE or from this file.
passphrase_file = ""
# A file with the authority that vouches for the node's TLS certificate; empty: the machine's own.
ca_file = ""
# For how many hours what is kept counts without the line, 72 at most by the rules of the corridor.
hours = 72
# How far the clock may be wrong.
clock_minutes = 60
# How long one answer of the node may keep this post waiting.
timeout_seconds = 60
# How many manifests are asked for at a time; fewer on a bad line.
page = 20
"""


class _Post(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    office: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,17}$")]
    party: Annotated[str, Field(pattern=r"^customs\.[a-z]{2}$")]
    test: bool
    url: str
    token_file: str = "token"  # noqa: S105 - the name of a file
    passphrase_file: str = ""
    ca_file: str = ""
    hours: Annotated[int, Field(ge=1, le=168)] = 72
    clock_minutes: Annotated[int, Field(ge=0, le=120)] = 60
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0
    page: Annotated[int, Field(ge=1, le=50)] = 20


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    post: _Post


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSettings:
    """What `post.toml` says, with every path absolute."""

    folder: Path
    office: str
    party: str
    test: bool
    url: str
    token_file: Path
    passphrase_file: Path | None
    ca_file: Path | None
    hours: int
    clock_minutes: int
    timeout_seconds: float
    page: int


def read_post(folder: Path) -> PostSettings:
    """Read `post.toml` of a post's folder.

    Raises:
        MissingSettingError: there is no such file.
        InvalidSettingError: it is no TOML, or a key is unknown or unusable.
    """
    path = folder / POST_FILE
    try:
        post = _File.model_validate(parse_toml(read_text(path), path.name)).post
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{path.name}, {place}", why=first["msg"]) from None
    root = folder.resolve()
    return PostSettings(
        folder=root,
        office=post.office,
        party=post.party,
        test=post.test,
        url=post.url,
        token_file=root / post.token_file,
        passphrase_file=root / post.passphrase_file if post.passphrase_file else None,
        ca_file=root / post.ca_file if post.ca_file else None,
        hours=post.hours,
        clock_minutes=post.clock_minutes,
        timeout_seconds=post.timeout_seconds,
        page=post.page,
    )


def write_post(folder: Path, *, office: str, party: str, url: str, test: bool) -> PostSettings:
    """Write a new `post.toml`; return it as it is read.

    Raises:
        InvalidSettingError: a value is unusable.
        UnwritableOutputError: there is one, or it cannot be written.
    """
    path = folder / POST_FILE
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    text = _TEXT.format(office=office, party=party, url=quoted, test=str(test).lower())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as err:
        raise UnwritableOutputError(what=path, why=err.strerror or str(err)) from None
    try:
        return read_post(folder)
    except InvalidSettingError:
        path.unlink()
        raise


def read_token(settings: PostSettings) -> str:
    """Return the token of a post.

    Raises:
        MissingSettingError: there is none.
        InvalidSettingError: others than its owner may read the file, or it is not one word.
    """
    text = read_text(settings.token_file).strip()
    mode = stat.S_IMODE(settings.token_file.stat().st_mode)
    if mode & 0o077:
        why = f"others may read it (mode {mode:o}); want 600"
        raise InvalidSettingError(where=settings.token_file.name, why=why)
    if not (text.isascii() and text.isprintable() and len(text.split()) == 1):
        raise InvalidSettingError(where=settings.token_file.name, why="it holds no token")
    return text
