"""What limits a grant: conditions that nothing can meet or nobody can see, versions that miss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.agreement.clauses.basis import Excluded, Matter
from exchange_node.domain.agreement.grant_terms import TOLD_OF
from exchange_node.domain.finding import Finding
from exchange_node.domain.movement import CODES_OF, MANIFEST_GIVEN, Event
from exchange_node.policy.linting import rules
from exchange_node.policy.minimising.conditions import PLACES, Asked, is_asked
from exchange_node.policy.minimising.rulings import rulings_of
from exchange_node.policy.minimising.scope import is_part
from exchange_node.policy.path_check import KINDS

if TYPE_CHECKING:
    from exchange_node.wco.registry import Registry


def check_limits(agreement: Agreement, registry: Registry) -> Iterator[Finding]:
    """Yield what is wrong with the conditions and the ranges of versions of every grant."""
    yield from _parts(agreement)
    yield from _recovery(agreement)
    yield from _results(agreement)
    yield from _requested(agreement)
    for number, grant in enumerate(agreement.grants, start=1):
        yield from _conditions(grant, f"grants[{number}].conditions", registry)
        yield from _versions(grant, f"grants[{number}].schema_versions")
        yield from _told(grant, f"grants[{number}].told_within")


def _parts(agreement: Agreement) -> Iterator[Finding]:
    """Yield parts of countries in the scope: of a place no document says in which part it lies."""
    rule = rules.NOT_ENFORCED if agreement.test else rules.NOT_ENFORCED_IN_PRODUCTION
    for name in ("territory", "territory_excluded"):
        for place in getattr(agreement.scope, name):
            if is_part(place):
                yield rule.found(pointer=f"scope.{name}", value=place)


def _recovery(agreement: Agreement) -> Iterator[Finding]:
    """Yield the clocks of a recovery that the same text keeps out."""
    scope, requests = agreement.scope, agreement.requests
    if requests is None:
        return
    if Excluded.RECOVERY in scope.excluded:
        said = f"scope.excluded = {Excluded.RECOVERY.value}"
    elif scope.matters and Matter.RECOVERY not in scope.matters:
        said = f"scope.matters without {Matter.RECOVERY.value}"
    else:
        yield from _unanswered(agreement)
        return
    for name in ("recovery_start_months", "recovery_acknowledge_days", "recovery_answer_days"):
        if getattr(requests.clocks, name) is not None:
            yield rules.RECOVERY_KEPT_OUT.found(
                pointer=f"requests.clocks.{name}", value=name, scope=said
            )


def _unanswered(agreement: Agreement) -> Iterator[Finding]:
    """Yield a recovery that begins after answers which nobody has to give by any day."""
    if agreement.requests is None:
        return
    clocks, name = agreement.requests.clocks, "recovery_start_months"
    times = (clocks.enquiry_answer_days, clocks.recovery_answer_days)
    if clocks.recovery_start_months is not None and times == (None, None):
        yield rules.NO_TIME_TO_ANSWER.found(pointer=f"requests.clocks.{name}", value=name)


def _results(agreement: Agreement) -> Iterator[Finding]:
    """Yield an enquiry after results that are not due yet."""
    if agreement.requests is None:
        return
    clocks = agreement.requests.clocks
    asked, due = clocks.results_enquiry_days, clocks.results_days
    if asked is not None and due is not None and asked < due:
        yield rules.ASKED_TOO_EARLY.found(
            pointer="requests.clocks.results_enquiry_days",
            value=f"{asked} days",
            due=f"results_days = {due}",
        )


def _requested(agreement: Agreement) -> Iterator[Finding]:
    """Yield a time for manifests that are asked for, where none can be asked for or given."""
    name, requests = "manifest_answer_hours", agreement.requests
    granted = {code for grant in agreement.grants for code in grant.message_codes}
    missing = sorted({CODES_OF[Event.REQUEST], MANIFEST_GIVEN} - granted)
    if requests is not None and requests.clocks.manifest_answer_hours is not None and missing:
        yield rules.NEVER_ASKED_FOR.found(
            pointer=f"requests.clocks.{name}", value=name, missing=", ".join(missing)
        )


def _conditions(grant: Grant, place: str, registry: Registry) -> Iterator[Finding]:
    rulings = rulings_of(grant)
    for asked in Asked:
        if not getattr(grant.conditions, asked.value, ()):
            continue
        for code in grant.message_codes:
            if code not in KINDS or not is_asked(code):
                continue
            said = [one for one in PLACES[asked] if registry.entry(one, KINDS[code]) is not None]
            facts = {"grant": grant.grant_id, "condition": asked.value}
            if not said:
                yield rules.NEVER_MET.found(pointer=f"{place}.{asked}", value=code, **facts)
            elif all(rulings.on(one).stays is not None for one in said):
                yield rules.MET_UNSEEN.found(pointer=f"{place}.{asked}", value=code, **facts)


def _told(grant: Grant, place: str) -> Iterator[Finding]:
    """Yield times for messages that the grant does not let flow, or that tell of no moment."""
    yield from _of_grant(grant, [one.code for one in grant.told_within], place)
    for number, one in enumerate(grant.told_within, start=1):
        if one.code not in TOLD_OF:
            yield rules.TOLD_OF_NOTHING.found(
                pointer=f"{place}[{number}].code", value=one.code, grant=grant.grant_id
            )


def _of_grant(grant: Grant, codes: Iterable[str], place: str) -> Iterator[Finding]:
    for number, code in enumerate(codes, start=1):
        if code not in grant.message_codes:
            known = ", ".join(grant.message_codes)
            yield rules.UNKNOWN_REFERENCE.found(
                pointer=f"{place}[{number}].code", value=code, known=known
            )


def _versions(grant: Grant, place: str) -> Iterator[Finding]:
    yield from _of_grant(grant, [one.code for one in grant.schema_versions], place)
    for number, one in enumerate(grant.schema_versions, start=1):
        if one.min > one.max:
            yield rules.NO_VERSION.found(
                pointer=f"{place}[{number}].min",
                value=str(one.min),
                grant=grant.grant_id,
                most=str(one.max),
            )
