"""`ping`: is the way to a partner open, and what stands in it if it is not."""

from __future__ import annotations

import click

from exchange_node.cli.console import Console, print_json


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
        for purpose, one in certificates["ours"].items():
            _say_certificate(f"our {purpose}", one)
        for purpose, some in certificates["theirs"].items():
            for one in some:
                _say_certificate(f"their {purpose}", one)
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
