"""Errors of whoever writes alerts, one by one or in lists."""

from __future__ import annotations

from exchange_node.domain.errors.intake import InputError


class InvalidAlertError(InputError):
    """A risk alert lacks what an alert must have."""

    code = "alert.invalid"
    sentence = "the alert cannot be taken: {why}"
    mend = (
        "Correct the draft: docs/alerts.md says what every key may be; an end of validity, a"
        " summary and one selective criterion in each subject have to be there."
    )


class InvalidOperationError(InputError):
    """A joint operation cannot be opened, joined or closed so."""

    code = "operation.invalid"
    sentence = "the operation cannot be taken: {why}"
    mend = (
        "Say who takes part, until when (within a year) and, where a partner leads it, the"
        " reference that it has given: docs/joint-operations.md has every key."
    )


class InvalidListError(InputError):
    """A list of alerts cannot be read at all; what is wrong with one of its rows is a finding."""

    code = "alert.invalid-list"
    sentence = "the list of alerts cannot be read: {why}"
    mend = (
        "Begin with the columns of `exchange-node alert import --template`, save it as CSV or JSON"
        " in UTF-8; docs/alert-lists.md says what a list may be."
    )
