"""`ping`, `capture`, `replay`: the way to a partner, what passed on it, what is thought of that."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import LIMIT, Console, print_json, read_input, write_output

CAPTURE_BYTES = 60_000_000


@click.command("ping")
@click.argument("partner")
@click.option(
    "--tries", type=click.IntRange(1, 20), default=3, show_default=True, help="How often."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def ping_command(console: Console, partner: str, tries: int, *, as_json: bool) -> None:
    """Send test messages to PARTNER and say what was seen: TLS, receipt, certificates, clocks.

    Exits with 1 when no receipt that proves anything came back; each reason is said with what to
    do about it. The partner delivers a test message to nobody.
    """
    with console.node() as node:
        seen = node.probing.ping(console.actor, partner, tries=tries)
    if as_json:
        print_json(seen)
    else:
        _say(seen)
    if not seen["ok"]:
        raise SystemExit(1)


@click.group("capture")
def capture_command() -> None:
    """What passed on the wire with partners of whom it is kept: list it, give it out."""


@capture_command.command("list")
@click.option("--partner", default="", help="Party id.")
@click.option("--message", "message_id", default="", help="Only of this message id.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_captures(console: Console, partner: str, message_id: str, limit: int) -> None:
    """List captures, the newest first, as JSON."""
    with console.node() as node:
        print_json(
            node.replaying.captures(
                console.actor, partner=partner, message_id=message_id, limit=limit
            )
        )


@capture_command.command("export")
@click.argument("number", type=click.IntRange(1))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(console: Console, number: int, file: Path) -> None:
    """Write capture NUMBER to FILE: its Content-Type, a blank line, its bytes. Guard it well."""
    with console.node() as node:
        # With a partner to whom nothing is encrypted, whole documents lie open in it.
        write_output(file, node.replaying.export(console.actor, number), mode=0o600)


@click.command("replay")
@click.argument("capture")
@click.option("--from", "partner", default="", help="Party id of who sent it, for a file.")
@click.pass_obj
def replay_command(console: Console, capture: str, partner: str) -> None:
    """Say step by step what this node thinks of CAPTURE, a number or an exported file.

    Nothing is changed. Exits with 1 when a step does not hold.
    """
    with console.node() as node:
        if capture.isascii() and capture.isdigit():
            seen = node.replaying.replay(console.actor, int(capture))
        else:
            content = read_input(capture, CAPTURE_BYTES)
            seen = node.replaying.replay_file(console.actor, content, partner=partner)
    for one in seen["steps"]:
        code = f" [{one['code']}]" if "code" in one else ""
        click.echo(f"{'ok    ' if one['ok'] else 'FAILED'} {one['step']:<10} {one['said']}{code}")
        if "mend" in one:
            click.echo(f"       {one['mend']}")
    if not seen["ok"]:
        raise SystemExit(1)


def _say(seen: dict[str, object]) -> None:
    click.echo(f"{seen['partner']}  {seen['url']}")
    tls = seen["tls"]
    if isinstance(tls, dict):
        click.echo(f"tls          {tls['version']} {tls['cipher']}".rstrip())
        if "certificate" in tls:
            _say_certificate("shown", tls["certificate"])
    for number, one in enumerate(_rows(seen["tries"]), 1):
        times = ", ".join(f"{name} {taken} ms" for name, taken in one["milliseconds"].items())
        click.echo(
            f"try {number}        HTTP {one['http_status'] or '-'}, {one['verdict']}: {times}"
        )
    clocks = seen["clock_seconds"]
    if isinstance(clocks, dict):
        said = [f"{of} {apart:+} s" for of, apart in clocks.items() if apart is not None]
        click.echo(f"their clock  {', '.join(said) or 'not told'}")
    certificates = seen["certificates"]
    if isinstance(certificates, dict):
        for whose, held in (("our", certificates["ours"]), ("their", certificates["theirs"])):
            for purpose, some in held.items():
                for one in some:
                    _say_certificate(f"{whose} {purpose}", one)
    for one in _rows(seen["findings"]):
        click.echo(f"{one['severity']}: [{one['code']}] {one['text']}")
        click.echo(f"    {one['mend_text']}")


def _say_certificate(what: str, one: dict[str, str]) -> None:
    if "unreadable" in one:
        click.echo(f"{what}: {one['unreadable']}")
        return
    click.echo(f"{what:<17} {one['subject']}, until {one['ends']}")
    click.echo(f"{'':<17} {one['fingerprint']}")


def _rows(value: object) -> list[dict[str, dict[str, object]]]:
    return value if isinstance(value, list) else []
