"""`assistance`: ask, reply, inform, write down what was asked orally; look it up, report on it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import click

from exchange_node.cli.assistance.parties import party_of
from exchange_node.cli.assistance.reporting import report
from exchange_node.cli.console import LIMIT, Console, print_json, read_input
from exchange_node.domain.assistance.life import Act, Stage
from exchange_node.domain.errors import InvalidRequestError

DRAFT_BYTES = 1_000_000
PURPOSE = "INVESTIGATION"

_ANSWERS = {
    "complete": Act.COMPLETE,
    "partial": Act.PARTIAL,
    "remainder-refused": Act.REMAINDER_REFUSED,
    "nothing-found": Act.NOTHING_FOUND,
}


def draft_in(file: str, what: str) -> dict[str, object]:
    """Return the keys of a TOML file ("-" is standard input).

    Raises:
        UnreadableInputError: it cannot be read.
        InvalidRequestError: it is no TOML; the line is named.
    """
    try:
        return tomllib.loads(read_input(file, DRAFT_BYTES).decode())
    except UnicodeDecodeError as err:
        raise InvalidRequestError(what=what, why=f"{file} is not UTF-8: {err.reason}") from None
    except tomllib.TOMLDecodeError as err:
        raise InvalidRequestError(what=what, why=f"{file} is no TOML: {err}") from None


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _moment(text: str | None) -> str | None:
    """Return a moment as a draft has it; a day is its end in UTC."""
    if text is None or "T" in text:
        return text
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, tzinfo=UTC)
    except ValueError:
        raise InvalidRequestError(what="reply", why=f"until: {text} is no day") from None
    return day.isoformat()


def _reply(console: Console, reference: str, requester: str, act: Act, plain: object) -> None:
    assert isinstance(plain, dict)  # noqa: S101 - made here
    with console.node() as node:
        print_json(
            node.assistance.reply(
                console.actor,
                reference,
                act,
                plain,
                requester=party_of(requester) if requester else "",
            )
        )


_language = click.option("--language", required=True, help="Language of the texts (BCP 47).")
_requester = click.option("--from", "requester", default="", help="Who asked, where two gave it.")
_office = click.option("--office", default="", help="The office to turn to.")
_text = click.option("--text", default="", help="What else is to be said.")
_purpose = click.option(
    "--purpose", default=PURPOSE, show_default=True, help="What it is sent for."
)


@click.group("assistance")
def assistance_command() -> None:
    """Mutual assistance: requests, what is said to them, information unasked, the register."""


@assistance_command.command("request")
@click.argument("file", type=str)
@click.option("--to", required=True, help="Country or party id of who is asked.")
@_purpose
@click.pass_obj
def request(console: Console, file: str, to: str, purpose: str) -> None:
    """Ask a partner what the TOML FILE says ("-" reads standard input): MA-010."""
    plain = draft_in(file, "request")
    with console.node() as node:
        print_json(node.assistance.request(console.actor, plain, to=party_of(to), purpose=purpose))


@assistance_command.command("acknowledge")
@click.argument("reference")
@_language
@_office
@_text
@_requester
@click.pass_obj
def acknowledge(
    console: Console, reference: str, language: str, office: str, text: str, requester: str
) -> None:
    """Say that the request REFERENCE has come and is being worked on: MA-011."""
    plain = _given(language=language, office=office, text=text)
    _reply(console, reference, requester, Act.ACKNOWLEDGED, plain)


@assistance_command.command("interim")
@click.argument("reference")
@_language
@click.option("--until", default=None, help="When an answer is expected: a day, or a moment.")
@_text
@_requester
@click.pass_obj
def interim(
    console: Console, reference: str, language: str, until: str | None, text: str, requester: str
) -> None:
    """Say that the request REFERENCE takes longer: MA-013."""
    plain = _given(language=language, until=_moment(until), text=text)
    _reply(console, reference, requester, Act.INTERIM, plain)


@assistance_command.command("refuse")
@click.argument("reference")
@_language
@click.option("--ground", required=True, help="A ground that the agreement lists.")
@_text
@_requester
@click.pass_obj
def refuse(
    console: Console, reference: str, language: str, ground: str, text: str, requester: str
) -> None:
    """Refuse the request REFERENCE as a whole, with the reason: MA-012."""
    plain = _given(language=language, ground=ground, text=text)
    _reply(console, reference, requester, Act.REFUSED, plain)


@assistance_command.command("postpone")
@click.argument("reference")
@_language
@click.option("--ground", required=True, help="A ground that the agreement lists.")
@click.option("--until", required=True, help="Until when: a day, or a moment with its offset.")
@_text
@_requester
@click.pass_obj
def postpone(
    console: Console,
    reference: str,
    language: str,
    ground: str,
    until: str,
    text: str,
    requester: str,
) -> None:
    """Postpone the request REFERENCE, with the reason: MA-012."""
    plain = _given(language=language, ground=ground, until=_moment(until), text=text)
    _reply(console, reference, requester, Act.POSTPONED, plain)


@assistance_command.command("answer")
@click.argument("reference")
@click.argument("file", type=str)
@click.option(
    "--outcome",
    type=click.Choice(list(_ANSWERS)),
    default="complete",
    show_default=True,
    help="What kind of answer it is.",
)
@_requester
@click.pass_obj
def answer(console: Console, reference: str, file: str, outcome: str, requester: str) -> None:
    """Answer the request REFERENCE with what the TOML FILE says: MA-014."""
    _reply(console, reference, requester, _ANSWERS[outcome], draft_in(file, "reply"))


@assistance_command.command("oral")
@click.argument("file", type=str)
@click.option("--with", "partner", required=True, help="Country or party id of the other side.")
@click.option("--taken", is_flag=True, help="The partner asked us; without it we asked.")
@_purpose
@click.pass_obj
def oral(console: Console, file: str, partner: str, purpose: str, *, taken: bool) -> None:
    """Write down a request made by word of mouth, as the TOML FILE says; nothing is sent."""
    plain = draft_in(file, "oral request")
    with console.node() as node:
        done = node.assistance.oral(
            console.actor, plain, partner=party_of(partner), purpose=purpose, is_taken=taken
        )
        print_json(done)


@assistance_command.command("inform")
@click.argument("file", type=str)
@click.option("--to", required=True, help="Country or party id of who is told.")
@_purpose
@click.option(
    "--request", "given_on", default="", help="Number of the open request that it is given on."
)
@click.pass_obj
def inform(console: Console, file: str, to: str, purpose: str, given_on: str) -> None:
    """Tell a partner what the TOML FILE says, unasked or on a request: MA-020."""
    plain = draft_in(file, "information")
    with console.node() as node:
        done = node.assistance.inform(
            console.actor, plain, to=party_of(to), purpose=purpose, request=given_on
        )
        print_json(done)


@assistance_command.command("list")
@click.option("--kind", type=click.Choice(["request", "oral", "information"]), default=None)
@click.option("--direction", type=click.Choice(["ours", "theirs"]), default=None)
@click.option(
    "--stage",
    type=click.Choice(["open", *(one.value for one in Stage if one is not Stage.NEW)]),
    default=None,
    help="Only what stands there; open waits for its answer.",
)
@click.option("--partner", default="", help="Only with this country or party.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_matters(
    console: Console,
    kind: str | None,
    direction: str | None,
    stage: str | None,
    partner: str,
    limit: int,
) -> None:
    """List the register, the newest first, without what the matters say."""
    with console.node() as node:
        found = node.assistance_register.matters(
            console.actor,
            kind=kind or "",
            direction=direction or "",
            stage=stage or "",
            partner=party_of(partner) if partner else "",
            limit=limit,
        )
        print_json(found)


@assistance_command.command("show")
@click.argument("reference")
@click.option("--opener", default="", help="Who opened it, where two gave the same number.")
@click.pass_obj
def show(console: Console, reference: str, opener: str) -> None:
    """Show a matter: how it stands, its clocks, and its papers with what they say."""
    with console.node() as node:
        print_json(
            node.assistance_register.matter(
                console.actor, reference, opener=party_of(opener) if opener else ""
            )
        )


assistance_command.add_command(report)
