"""`decision …`: why a channel, the same once more, another in its place; draws and statistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from exchange_node.cli.console import LIMIT, PURPOSE, Console, print_json, write_output
from exchange_node.domain.decision import OverrideReason

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("decision")
def decision_command() -> None:
    """Decisions on channels: why, the same once more, another in its place; the random share."""


@decision_command.command("list")
@click.argument("manifest", type=int)
@PURPOSE
@click.pass_obj
def list_command(console: Console, manifest: int, purpose: str) -> None:
    """List the decisions on the manifest of that number, the first first."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).list(console.actor, manifest, purpose=purpose))


@decision_command.command("anew")
@click.argument("manifest", type=int)
@PURPOSE
@click.pass_obj
def anew_command(console: Console, manifest: int, purpose: str) -> None:
    """Decide on the manifest of that number by what is in force now."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).anew(console.actor, manifest, purpose=purpose))


@decision_command.command("show")
@click.argument("number", type=int)
@PURPOSE
@click.pass_obj
def show_command(console: Console, number: int, purpose: str) -> None:
    """Show what went into a decision, what came out, and what officers did about it."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).show(console.actor, number, purpose=purpose))


@decision_command.command("replay")
@click.argument("number", type=int)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the bytes that came out.",
)
@PURPOSE
@click.pass_context
def replay_command(ctx: click.Context, number: int, out: Path | None, purpose: str) -> None:
    """Make a decision again from what was stored; exits 1 where it is not the same."""
    from exchange_node.node import ruling

    console: Console = ctx.obj
    with console.node() as node:
        again = ruling(node).replay(console.actor, number, purpose=purpose)
    if out is not None:
        write_output(out, str(again["outcome"]).encode("utf-8"))
    print_json(again)
    if not again["same"]:
        ctx.exit(1)


@decision_command.command("override")
@click.argument("number", type=int)
@click.option("--channel", required=True, help="Code of the channel to put in its place.")
@click.option("--reason", type=click.Choice([one.value for one in OverrideReason]), required=True)
@click.option("--words", default="", help="What else there is to say; with OTHER, it has to be.")
@PURPOSE
@click.pass_obj
def override_command(
    console: Console, number: int, channel: str, reason: str, words: str, purpose: str
) -> None:
    """Put another channel in the place of a decision's; a random check takes two persons."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(
            ruling(node).overrule(
                console.actor, number, channel=channel, reason=reason, words=words, purpose=purpose
            )
        )


@decision_command.command("commitments")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def commitments_command(console: Console, limit: int) -> None:
    """Show what was committed to for each day that draws, to be published beforehand."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).commitments(console.actor, limit=limit))


@decision_command.command("key")
@click.argument("day", type=DAY)
@click.pass_obj
def key_command(console: Console, day: datetime) -> None:
    """Show the key that drew on DAY (UTC), once that day has ended."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).key(console.actor, day.date()))


@decision_command.command("rules")
@click.pass_obj
def rules_command(console: Console) -> None:
    """Show the rule set that decides now, and its digest."""
    from exchange_node.node import ruling

    with console.node() as node:
        print_json(ruling(node).rules(console.actor))


@decision_command.command("statistics")
@click.option("--from", "begin", type=DAY, required=True, help="First day (UTC).")
@click.option("--until", "end", type=DAY, help="Last day; left out, the first alone.")
@click.option("--test", is_flag=True, help="Of test movements instead of production.")
@click.pass_obj
def statistics_command(
    console: Console, begin: datetime, end: datetime | None, *, test: bool
) -> None:
    """Count channels, draws and what officers overruled, by office and direction."""
    from exchange_node.node import ruling

    behind = (end or begin) + timedelta(days=1)
    with console.node() as node:
        print_json(ruling(node).statistics(console.actor, begin.date(), behind.date(), test=test))
