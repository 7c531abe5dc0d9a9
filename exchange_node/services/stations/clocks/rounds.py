"""What is due together → done one by one: whatever breaks one holds up none of the others.

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
    failed = failure(lambda: do(duty), duty.kind)
    if failed is None:
        return True
    try:
        put_off(duty, failed)
    except NodeError as err:
        log.warning("duty-stays-claimed", duty=duty.kind, code=err.code)
    return False


def failure(do: Callable[[], object], what: str) -> NodeError | None:
    """Do one of several things; return what kept it from being done, None where nothing did."""
    try:
        do()
    except NodeError as err:
        log.warning("duty-failed", duty=what, code=err.code)
        return err
    except Exception as err:  # noqa: BLE001 - a defect that one duty meets must not starve the others
        failed = broken(err, what)
        # Without its words and its locals: they may quote what a record says.
        log.error("duty-broke", duty=what, why=failed.facts["why"])  # noqa: TRY400 - as above
        return failed
    return None


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
