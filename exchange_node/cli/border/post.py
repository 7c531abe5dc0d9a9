"""`post …`: a border post that works with its line down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exchange_node.cli.console import Console, account, print_json, read_input

if TYPE_CHECKING:
    from exchange_node.config.settings.post import PostSettings
    from exchange_node.domain.finding import Finding
    from exchange_node.post import Post, Setting

MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])
MOST_SCANNED_BYTES = 20_000_000
MOST_CARD_BYTES = 1_000_000


@click.group("post")
def post_command() -> None:
    """Work at a border post, with the line up or down; --folder is the post's own folder."""


@post_command.command("init")
@click.option("--office", required=True, help="The customs office it stands at.")
@click.option("--url", required=True, help="Where the node's API is, e.g. https://node.example.")
@click.option(
    "--card",
    "cards",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    required=True,
    help="A card with certificates to trust; the first is that of the post's own node.",
)
@click.option("--test", is_flag=True, help="For tests: papers of real movements are refused.")
@click.pass_obj
def init_command(
    console: Console, office: str, url: str, cards: tuple[Path, ...], *, test: bool
) -> None:
    """Make a post in the folder: post.toml, and an encrypted store."""
    from exchange_node.config.partners import read_card
    from exchange_node.config.settings.passphrase import given_passphrase
    from exchange_node.config.settings.post import write_post
    from exchange_node.post import create, pems

    passphrase = given_passphrase(None)
    read = [
        read_card(read_input(str(one), MOST_CARD_BYTES).decode("utf-8", "replace"), one.name)
        for one in cards
    ]
    trusted = {str(one.party): pems(one.partner.seal) for one in read}
    settings = write_post(
        console.folder, office=office, party=str(read[0].party), url=url, test=test
    )
    create(_setting(settings), trusted, passphrase, os.urandom)
    print_json(
        {
            "office": office,
            "party": settings.party,
            "trusted": sorted(trusted),
            "token_file": str(settings.token_file),
        }
    )


@post_command.command("sync")
@click.pass_obj
def sync_command(console: Console) -> None:
    """Hand over what was recorded, and fetch what is expected; cut off, it goes on next time."""
    from exchange_node.config.settings.post import read_token
    from exchange_node.post import HttpLine

    with _opened(console) as (post, settings):
        line = HttpLine(
            settings.url,
            read_token(settings),
            timeout_seconds=settings.timeout_seconds,
            ca_file=settings.ca_file,
        )
        with closing(line):
            done = post.sync(line)
        _say(console, done)


@post_command.command("status")
@click.pass_obj
def status_command(console: Console) -> None:
    """Say how old what is kept is, and what waits to be handed over."""
    with _opened(console) as (post, _):
        _say(console, post.status())


@post_command.command("find")
@click.argument("value")
@click.pass_obj
def find_command(console: Console, value: str) -> None:
    """Look up what is expected by MRN, plate, container or seal, without the line."""
    with _opened(console) as (post, _):
        _say(console, post.find(value, operator=account()))


@post_command.command("verify")
@click.argument("code")
@click.pass_obj
def verify_command(console: Console, code: str) -> None:
    """Check an accompanying document without the line; exits 1 where it is not to be relied upon.

    CODE is what a scanner reads or what stands below the square, the name of a file that holds it
    (the PDF itself will do), or "-" for standard input.
    """
    from exchange_node.post import code_in

    text = code
    if code == "-" or (len(os.fsencode(code)) < 200 and Path(code).is_file()):
        text = code_in(read_input(code, MOST_SCANNED_BYTES).decode("latin-1"))
    with _opened(console) as (post, _):
        done = post.verify(text, operator=account())
        _say(console, done)
        if not done["relied_upon"]:
            raise SystemExit(1)


@post_command.command("crossing")
@click.argument("mrn")
@click.option("--direction", type=click.Choice(["entry", "exit"]), required=True)
@click.option("--reason", required=True, help="Why it was not recorded at the node.")
@click.option("--at", type=MOMENT, help="When, by this machine's clock; left out, now.")
@click.option("--means", default="", help="The vehicle as it was seen.")
@click.option("--equipment", default="", help="The container or trailer as it was seen.")
@click.option(
    "--seal",
    "seals",
    multiple=True,
    help="NUMBER or NUMBER=CONDITION (intact, broken, missing, replaced); may be repeated.",
)
@click.option("--packages", type=click.IntRange(0), help="How many were counted.")
@click.option("--remark", default="")
@click.pass_obj
def crossing_command(
    console: Console,
    mrn: str,
    direction: str,
    reason: str,
    at: datetime | None,
    means: str,
    equipment: str,
    seals: tuple[str, ...],
    packages: int | None,
    remark: str,
) -> None:
    """Record that a movement crossed, while the line is down; `sync` hands it over."""
    said = {
        "direction": direction,
        "reason": reason,
        "occurred_at": at,
        "means": means,
        "equipment": equipment,
        "packages": packages,
        "remark": remark,
    }
    _record(console, "crossing", mrn, seals, said)


@post_command.command("seal-check")
@click.argument("mrn")
@click.option("--reason", required=True, help="Why it was not recorded at the node.")
@click.option("--at", type=MOMENT, help="When, by this machine's clock; left out, now.")
@click.option("--equipment", default="", help="The container or trailer that they are on.")
@click.option(
    "--seal",
    "seals",
    multiple=True,
    required=True,
    help="NUMBER or NUMBER=CONDITION, as of a crossing.",
)
@click.option("--remark", default="")
@click.pass_obj
def seal_check_command(
    console: Console,
    mrn: str,
    reason: str,
    at: datetime | None,
    equipment: str,
    seals: tuple[str, ...],
    remark: str,
) -> None:
    """Record which seals were found and how, while the line is down; `sync` hands it over."""
    said = {"reason": reason, "occurred_at": at, "equipment": equipment, "remark": remark}
    _record(console, "seal-check", mrn, seals, said)


def _record(
    console: Console, kind: str, mrn: str, seals: tuple[str, ...], said: dict[str, Any]
) -> None:
    from exchange_node.post import Observation

    pairs = tuple((one.partition("=")[0], one.partition("=")[2]) for one in seals)
    with _opened(console) as (post, _):
        kept = post.record(
            Observation(kind=kind, movement=mrn, operator=account(), seals=pairs, **said)
        )
        print_json({"id": kept.record_id, "sequence": kept.sequence, "state": kept.state})


def _say(console: Console, done: dict[str, Any]) -> None:
    """Print what came of it as JSON, and what was found as lines on standard error."""
    findings: list[Finding] = done.pop("findings")
    print_json(done | {"findings": console.as_json(findings)})
    console.findings(findings, err=True)


def _setting(settings: PostSettings) -> Setting:
    from exchange_node.post import Setting

    return Setting(
        folder=settings.folder,
        office=settings.office,
        party=settings.party,
        test=settings.test,
        lasts=timedelta(hours=settings.hours),
        tolerance=timedelta(minutes=settings.clock_minutes),
        page=settings.page,
    )


@contextmanager
def _opened(console: Console) -> Iterator[tuple[Post, PostSettings]]:
    from exchange_node.config.settings.passphrase import given_passphrase
    from exchange_node.config.settings.post import read_post
    from exchange_node.node import new_id, utc_now
    from exchange_node.post import Post

    settings = read_post(console.folder)
    post = Post.open(
        _setting(settings),
        given_passphrase(settings.passphrase_file),
        clock=utc_now,
        new_id=new_id,
        random_bytes=os.urandom,
    )
    try:
        yield post, settings
    finally:
        post.close()
