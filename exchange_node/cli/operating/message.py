"""`message`: what is on its way, and what the audit says."""

from __future__ import annotations

import click

from exchange_node.cli.console import LIMIT, Console, print_json


@click.group("message")
def message_command() -> None:
    """Messages: list, show, hold, release, cancel, resend, anew, unpark, gaps; the audit."""


@message_command.command("list")
@click.option("--state", default="", help="queued, awaiting-receipt, held, receipted, refused, …")
@click.option("--partner", default="", help="Party id.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_messages(console: Console, state: str, partner: str, limit: int) -> None:
    """List messages to partners, the newest first, as JSON."""
    with console.node() as node:
        print_json(node.enquiry.messages(console.actor, state=state, partner=partner, limit=limit))


@message_command.command("show")
@click.argument("message_id")
@click.pass_obj
def show(console: Console, message_id: str) -> None:
    """Show where a message stands, why it waits, what happened to it and what may be done now."""
    with console.node() as node:
        print_json(node.operating.show(console.actor, message_id))


@message_command.command("hold")
@click.argument("message_id")
@click.option("--why", required=True, help="The reason, for the audit.")
@click.pass_obj
def hold(console: Console, message_id: str, why: str) -> None:
    """Keep a message back until it is released."""
    with console.node() as node:
        print_json(node.operating.hold(console.actor, message_id, why=why))


@message_command.command("release")
@click.argument("message_id")
@click.pass_obj
def release(console: Console, message_id: str) -> None:
    """Let a message that an operator holds go on."""
    with console.node() as node:
        print_json(node.operating.release(console.actor, message_id))


@message_command.command("cancel")
@click.argument("message_id")
@click.option("--why", required=True, help="The reason, for the audit.")
@click.pass_obj
def cancel(console: Console, message_id: str, why: str) -> None:
    """Take a message back for good, as long as there is no receipt for it."""
    with console.node() as node:
        print_json(node.operating.cancel(console.actor, message_id, why=why))


@message_command.command("resend")
@click.argument("message_id")
@click.pass_obj
def resend(console: Console, message_id: str) -> None:
    """Send the same bytes once more under the same id, after a refusal or without a receipt."""
    with console.node() as node:
        print_json(node.operating.resend(console.actor, message_id))


@message_command.command("anew")
@click.argument("message_id")
@click.pass_obj
def anew(console: Console, message_id: str) -> None:
    """Say anew what the partner did not take: the same word, by a new message.

    For liaison officers: of requests, replies, information, further use, orders, certificates and
    notices of misuse. What is on its way, or was taken, is not said twice.
    """
    with console.node() as node:
        print_json(node.repeating.again(console.actor, message_id))


@message_command.command("gaps")
@click.option("--partner", default="", help="Party id.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def gaps(console: Console, partner: str, limit: int) -> None:
    """List messages that by the daily accounts one side had and the other had not, as JSON."""
    with console.node() as node:
        print_json(node.accounting.gaps(console.actor, partner=partner, limit=limit))


@message_command.command("unpark")
@click.argument("message_id")
@click.option("--from", "sender", default="", help="Party id, where two partners used one id.")
@click.pass_obj
def unpark(console: Console, message_id: str, sender: str) -> None:
    """Let a received message that was put aside be filed."""
    with console.node() as node:
        print_json(node.operating.unpark(console.actor, message_id, sender=sender))


@message_command.command("audit")
@click.option("--movement", default="", help="Only this movement.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most so many.")
@click.pass_obj
def audit(console: Console, movement: str, limit: int) -> None:
    """Show the audit, the newest first, after verifying that its chain is whole."""
    with console.node() as node:
        print_json(node.enquiry.audit(console.actor, movement=movement, limit=limit))
