"""`alert hand-in`, `alert hand-out`: the files that an alert names by their hash."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import PURPOSE, Console, print_json, read_attachment, write_output


@click.command("hand-in")
@click.argument("alert_id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--issuer", default="", help="Who issued it, where two gave the same id.")
@PURPOSE
@click.pass_obj
def hand_in(console: Console, alert_id: str, file: Path, issuer: str, purpose: str) -> None:
    """Keep FILE, which an alert of ours names by its SHA-256; of a partner's, say if it is the one.

    A file that the alert does not name is refused. It goes to nobody.
    """
    with console.node() as node:
        read = read_attachment(file, node.new_spool(), node.settings.attachment_bytes)
        done = node.attaching.hand_in(
            console.actor, alert_id, read.content, issuer=issuer, purpose=purpose
        )
        print_json(done)


@click.command("hand-out")
@click.argument("alert_id")
@click.argument("digest")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write it.")
@click.pass_obj
def hand_out(console: Console, alert_id: str, digest: str, out: Path) -> None:
    """Write a file that was handed in for an alert of ours, by its SHA-256."""
    with console.node() as node:
        found = node.attaching.fetch(console.actor, alert_id, digest)
        write_output(out, found.content, mode=0o600)


FILES = (hand_in, hand_out)
