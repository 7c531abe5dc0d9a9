"""What was claimed together → done one by one: whatever breaks one holds up none of the others.

A duty that fails goes back to be tried again, also where the reason is a defect of the program. It
would otherwise come first in every round, as the longest due, and nothing behind it would be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from traceback import walk_tb

import structlog

from exchange_node.domain.errors import BrokenDutyError, NodeError
from exchange_node.store.duties import Duty

log = structlog.get_logger()

_OURS = "exchange_node."


def one_by_one(
    claimed: Iterable[Duty],
    do: Callable[[Duty], None],
    put_off: Callable[[Duty, NodeError], None],
) -> int:
    """Do what was claimed; return how much was done.

    What failed is handed to `put_off`, with the reason; where that fails too, the duty comes back
    when its lease has ended.
    """
    return sum(_is_done(duty, do, put_off) for duty in claimed)


def _is_done(
    duty: Duty, do: Callable[[Duty], None], put_off: Callable[[Duty, NodeError], None]
) -> bool:
    failed: NodeError
    try:
        do(duty)
    except NodeError as err:
        failed = err
        log.warning("duty-failed", duty=duty.kind, code=err.code)
    except Exception as err:  # noqa: BLE001 - a defect that one duty meets must not starve the others
        failed = broken(err, duty.kind)
        # Without its words and its locals: they may quote what a record says.
        log.error("duty-broke", duty=duty.kind, why=failed.facts["why"])  # noqa: TRY400 - as above
    else:
        return True
    try:
        put_off(duty, failed)
    except NodeError as err:
        log.warning("duty-stays-claimed", duty=duty.kind, code=err.code)
    return False


def broken(err: BaseException, what: str) -> BrokenDutyError:
    """Return what is said of a defect: its kind, and where in this program it showed; no value."""
    places = [
        f"{module}:{line}"
        for frame, line in walk_tb(err.__traceback__)
        if (module := str(frame.f_globals.get("__name__", ""))).startswith(_OURS)
    ]
    return BrokenDutyError(
        what=what, why=f"{type(err).__name__} at {places[-1] if places else '-'}"
    )
