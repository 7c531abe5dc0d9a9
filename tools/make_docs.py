"""The program → the generated pages and tables of the documentation.

    python tools/make_docs.py           write what is out of date
    python tools/make_docs.py --check   name what is out of date; exit 1 if anything is

Whole pages are written; a table inside a page somebody wrote stands between two markers,
`<!-- begin: NAME -->` and `<!-- end: NAME -->`, and what is between them is replaced.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange_node.policy.text.schema import schema_text  # noqa: E402
from exchange_node.rehearsal.partner import script_schema  # noqa: E402 - the tree has to be found first
from exchange_node.rehearsal.partner.action import Action  # noqa: E402 - the tree has to be found first
from exchange_node.rehearsal.partner.script import Script  # noqa: E402 - the tree has to be found first
from exchange_node.services.operations import OperationDraft  # noqa: E402
from exchange_node.services.stations.alert_draft import _Draft  # noqa: E402
from exchange_node.services.stations.alerting.draft import FeedbackDraft, SightingDraft  # noqa: E402
from exchange_node.services.stations.assistance import draft  # noqa: E402
from tools import (  # noqa: E402
    doc_agreement,
    doc_alert_life,
    doc_formats,
    doc_life,
    doc_limits,
    doc_movement,
    doc_names,
    doc_pages,
    doc_program,
)

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/agreement-life.md": doc_life.page,
    "docs/alert-life.md": doc_alert_life.page,
    "docs/assistance-life.md": doc_life.assistance_page,
    "agreements/agreement.schema.json": schema_text,
    "docs/cli.md": doc_program.command_page,
    "docs/errors.md": doc_pages.errors,
    "docs/limits.md": doc_limits.page,
    "docs/movement-life.md": doc_movement.page,
    "docs/rules.md": doc_pages.rules,
    "docs/transmission.md": doc_pages.transmissions,
    "exchange_node/rehearsal/partner/script.schema.json": script_schema,
}

TABLES: Mapping[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "README.md": (("commands", doc_program.everyday_table),),
    "docs/agreements.md": (("keys", doc_agreement.keys),),
    "docs/alerts.md": (
        ("draft", lambda: doc_limits.keys(_Draft)),
        ("feedback", lambda: doc_limits.keys(FeedbackDraft)),
        ("sighting", lambda: doc_limits.keys(SightingDraft)),
    ),
    "docs/assistance.md": (
        ("request", lambda: doc_limits.keys(draft.RequestDraft)),
        ("reply", lambda: doc_limits.keys(draft.ReplyDraft)),
        ("information", lambda: doc_limits.keys(draft.InformationDraft)),
        ("oral", lambda: doc_limits.keys(draft.OralDraft)),
    ),
    "docs/api.md": (("routes", doc_program.routes),),
    "docs/joint-operations.md": (("operation", lambda: doc_limits.keys(OperationDraft)),),
    "docs/mapping.md": (("coverage", doc_formats.coverage),),
    "docs/messages.md": (("codes", doc_program.codes),),
    "docs/names.md": (("figures", doc_names.figures),),
    "docs/onward-use.md": (("checks", doc_pages.export_checks),),
    "docs/operation.md": (("settings", doc_program.settings),),
    "docs/transit.md": (("states", doc_movement.drawing),),
    "docs/simulate.md": (
        ("script", lambda: doc_limits.described_keys(Script, but=("start[].", "steps[].then[]."))),
        ("action", lambda: doc_limits.described_keys(Action)),
    ),
}


def between(text: str, name: str, content: str) -> str:
    """Return a page with what stands between two markers replaced.

    Raises:
        ValueError: the page does not have the two markers once each, in order.
    """
    begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"want the markers {begin.strip()} and {end} once each")
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}{content}{end}{tail}"


def generated() -> dict[str, str]:
    """Return every file that has something generated in it, as it should be."""
    made = {name: page().rstrip("\n") + "\n" for name, page in PAGES.items()}
    for name, tables in TABLES.items():
        made[name] = (ROOT / name).read_text(encoding="utf-8")
        for marker, content in tables:
            made[name] = between(made[name], marker, content())
    return made


def stale() -> dict[str, str]:
    """Return the files that are not as they should be, with what they should be."""
    return {
        name: text
        for name, text in sorted(generated().items())
        if not (ROOT / name).is_file() or (ROOT / name).read_text(encoding="utf-8") != text
    }


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with `--check` only name it."""
    changed = stale()
    is_check = arguments == ["--check"]
    if arguments and not is_check:
        print(__doc__)
        return 2
    for name, text in changed.items():
        if is_check:
            print(f"{name} is out of date: run make docs")
        else:
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if is_check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
