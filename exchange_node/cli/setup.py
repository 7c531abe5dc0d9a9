"""`init`, `check`, `serve`: make a node of one's own, see what it lacks, run it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from exchange_node.cli.console import Console


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--country", required=True, help="ISO 3166 code of the administration's country.")
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


@click.command("serve")
@click.pass_obj
def serve_command(console: Console) -> None:
    """Run the node: AS4 listener for partners, API for our own people, and the worker.

    Prints one JSON line with the two ports once both listen. Stops cleanly on SIGTERM. One process
    serves a folder; a second one is turned away.
    """
    from exchange_node.config.logs import configure_logs
    from exchange_node.node import serving
    from exchange_node.web.server import serve
    from exchange_node.worker import Worker

    configure_logs()

    with serving(console.folder) as node:
        party = str(node.settings.administration.party)
        worker = Worker(node)

        def ready(as4_port: int, api_port: int) -> None:
            worker.start()
            click.echo(json.dumps({"party": party, "as4": as4_port, "api": api_port}))

        try:
            serve(node, ready)
        finally:
            worker.stop()
