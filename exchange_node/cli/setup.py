"""`init`, `check`, `key`, `serve`: make a node, see what it lacks, renew its keys, run it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json

_PURPOSES = ("tls", "signing", "encryption", "seal")
_SUITES = ("edelivery-1.15", "edelivery-2.0", "edelivery-2.0-ecc")


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--country", required=True, help="ISO 3166 code of the administration's country.")
@click.option(
    "--office",
    default="",
    help="Code of the customs office whose own node this is; it pulls from its administration's.",
)
@click.option("--administration", default="", help="Its name (default: Customs of COUNTRY).")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Name or address partners reach it by."
)
@click.option("--as4-port", default=8443, show_default=True, help="Port of the AS4 listener.")
@click.option("--api-port", default=8480, show_default=True, help="Port of the API (loopback).")
@click.option(
    "--suites",
    default="edelivery-1.15",
    show_default=True,
    help="What partners are spoken to in, by commas: edelivery-1.15, edelivery-2.0, "
    "edelivery-2.0-ecc. Each has keys of its own; more can be made later (`key new`).",
)
@click.option("--production", is_flag=True, help="For real data (default: test data only).")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File that holds the keys' passphrase; left out, EXCHANGE_NODE_PASSPHRASE gives it.",
)
def init_command(
    directory: Path,
    country: str,
    office: str,
    administration: str,
    host: str,
    as4_port: int,
    api_port: int,
    suites: str,
    production: bool,
    passphrase_file: Path | None,
) -> None:
    """Write a complete node into DIRECTORY: settings, keys, certificates, agreement, profile.

    Keys are encrypted under the passphrase. Each key gets a self-signed certificate, which works
    at once among partners that exchange cards, and a signing request for an authority.
    """
    from exchange_node.node import initialise

    written = initialise(
        directory,
        country=country,
        office=office,
        administration=administration,
        passphrase_file=passphrase_file,
        test=not production,
        host=host,
        as4_port=as4_port,
        api_port=api_port,
        suites=[one.strip() for one in suites.split(",")],
    )
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"Next: exchange-node --folder {directory} check")


@click.command("check")
@click.pass_obj
def check_command(console: Console) -> None:
    """Say in plain words what the node lacks: keys, certificates, agreements, database, ports.

    Exits 1 when something stops the node from working.
    """
    from exchange_node.node import check

    findings = check(console.folder)
    console.findings(findings)
    errors = sum(one.is_error for one in findings)
    if errors:
        click.echo(f"{errors} thing(s) stop this node from working.")
        raise SystemExit(1)
    click.echo("This node is ready." if not findings else "This node works; see the warnings.")


@click.group("key")
def key_command() -> None:
    """Keys of this node: which are used, which follow, and how new ones are made."""


@key_command.command("list")
@click.pass_obj
def list_keys(console: Console) -> None:
    """List every certificate of this node as JSON: kind, suites, validity and use.

    `use` is "now"; "next", with the moment in `used_from`; "beside" (not used, though its key still
    opens what was encrypted for it); or "ended". No key is opened.
    """
    from exchange_node.node import keys_of

    print_json(keys_of(console.folder))


@key_command.command("new")
@click.argument("purpose", type=click.Choice(_PURPOSES))
@click.option(
    "--suite",
    default="",
    type=click.Choice(("", *_SUITES)),
    help="What it signs or opens in (default: that of the keys there are).",
)
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of its certificate, UTC (default: now).",
)
@click.option(
    "--days",
    default=730,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="How many days its certificate is valid.",
)
@click.pass_obj
def new(console: Console, purpose: str, suite: str, valid_from: datetime | None, days: int) -> None:
    """Make a new key for PURPOSE beside the old, with a certificate and a signing request.

    Nothing there is written over. The new key is used once its certificate has been valid for
    `keys.overlap_days`; an encryption key opens from the node's next start.
    """
    from exchange_node.node import keys_of, new_key

    if suite and purpose in ("tls", "seal"):
        raise click.UsageError(f"a {purpose} key is the same with every suite: leave --suite out.")
    with console.node() as node:
        written = new_key(
            node,
            purpose,
            actor=console.actor.name,
            suite=suite,
            valid_from=valid_from.replace(tzinfo=UTC) if valid_from else None,
            days=days,
        )
    for path in written:
        click.echo(f"wrote {path}")
    names = {path.name for path in written}
    for row in keys_of(console.folder):
        if row["file"] in names and row["used_from"]:
            click.echo(f"It is used from {row['used_from']} on.")
    click.echo("Next: start the node again, then give partners its card (`partner card`).")


@click.command("serve")
@click.pass_obj
def serve_command(console: Console) -> None:
    """Run the node: AS4 listener for partners, API for our own people, and the worker.

    Prints one JSON line with the two ports once both listen. Stops cleanly on SIGTERM. One process
    serves a folder; a second one is turned away.
    """
    from exchange_node.config.logs import configure_logs
    from exchange_node.node import serving, settle
    from exchange_node.web.server import serve
    from exchange_node.worker import Worker

    configure_logs()

    with serving(console.folder) as node:
        party = str(node.settings.administration.party)
        worker = Worker(node)

        def ready(as4_port: int, api_port: int) -> None:
            settle()
            worker.start()
            click.echo(json.dumps({"party": party, "as4": as4_port, "api": api_port}))

        try:
            serve(node, ready)
        finally:
            worker.stop()
