"""The command line: one file a group of commands; each prints what it did and says why it did not.

Heavy rooms are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

_COMMANDS = {
    "agreement": "exchange_node.cli.agreement",
    "alert": "exchange_node.cli.alert",
    "assistance": "exchange_node.cli.assistance.requests",
    "availability": "exchange_node.cli.operating.availability",
    "breach": "exchange_node.cli.assistance.orders",
    "capture": "exchange_node.cli.operating.wire",
    "check": "exchange_node.cli.setup",
    "codelist": "exchange_node.cli.workbench.codelist",
    "decision": "exchange_node.cli.border.decision",
    "demo": "exchange_node.cli.demo",
    "disposal": "exchange_node.cli.retention",
    "dry-run": "exchange_node.cli.workbench.trying",
    "explain": "exchange_node.cli.workbench.explaining",
    "hold": "exchange_node.cli.retention",
    "init": "exchange_node.cli.setup",
    "key": "exchange_node.cli.setup",
    "manifest": "exchange_node.cli.border.paper",
    "map": "exchange_node.cli.workbench.document",
    "message": "exchange_node.cli.operating.message",
    "movement": "exchange_node.cli.transit.movement",
    "notice": "exchange_node.cli.operating.notice",
    "onward": "exchange_node.cli.assistance.onward",
    "operation": "exchange_node.cli.alerting.operations",
    "order": "exchange_node.cli.assistance.orders",
    "partner": "exchange_node.cli.admission",
    "ping": "exchange_node.cli.operating.wire",
    "pmode": "exchange_node.cli.admission",
    "post": "exchange_node.cli.border.post",
    "post-record": "exchange_node.cli.border.unplaced",
    "prearrival": "exchange_node.cli.manifest",
    "profile": "exchange_node.cli.workbench.profile",
    "quality": "exchange_node.cli.operating.quality",
    "release": "exchange_node.cli.operating.release",
    "replay": "exchange_node.cli.operating.wire",
    "serve": "exchange_node.cli.setup",
    "simulate": "exchange_node.cli.operating.simulate",
    "submit": "exchange_node.cli.manifest",
    "submission": "exchange_node.cli.manifest",
    "token": "exchange_node.cli.admission",
    "validate": "exchange_node.cli.workbench.document",
}


class _Commands(click.Group):
    """Commands that are imported when they are called; our own errors end them in one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what we know of is said without a traceback."""
        from exchange_node.cli.console import fail
        from exchange_node.domain.errors import NodeError

        try:
            return super().invoke(ctx)
        except NodeError as err:
            fail(err, language=ctx.params.get("language", ""))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(
            import_module(module), f"{cmd_name.replace('-', '_')}_command"
        )
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="carec-exchange-node", prog_name="exchange-node")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar="EXCHANGE_NODE_FOLDER",
    show_envvar=True,
    help="The node's folder, where node.toml lies (default: the current one).",
)
@click.option(
    "--language",
    default="",
    envvar="EXCHANGE_NODE_LANGUAGE",
    show_envvar=True,
    help="Language of what is said: en, ru, zh (default: en).",
)
@click.pass_context
def cli(ctx: click.Context, folder: Path, language: str) -> None:
    """Exchange transit manifests and risk alerts with partner customs administrations."""
    from exchange_node.cli.console import Console
    from exchange_node.config.logs import configure_logs

    configure_logs(quiet=True)
    ctx.obj = Console(folder=folder, language=language)


def main() -> None:
    """Run the command line."""
    cli()
