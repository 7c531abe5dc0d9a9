"""What is told of a movement and cannot be taken, now or at all."""

from __future__ import annotations

from exchange_node.domain.errors.intake import InputError


class EarlyNoticeError(InputError):
    """What a partner told of a movement has to wait for what comes before it.

    Attributes:
        number: the movement's official number.
        test: whether it is about test data.
        ask: party ids of those who may know what is missing; none where nobody is asked.
    """

    code = "movement.early"
    sentence = "{event} of movement {movement} waits, which is {state} here: {missing} is missing"
    mend = "Nothing has to be done: it is taken when what is missing arrives."

    def __init__(
        self,
        *,
        number: str,
        test: bool,
        event: str,
        state: str,
        missing: str,
        ask: tuple[str, ...] = (),
    ) -> None:
        self.number = number
        self.test = test
        self.ask = ask
        super().__init__(movement=number, event=event, state=state, missing=missing)


class IllegalEventError(InputError):
    """Somebody told of a movement what cannot have happened to it, or is not theirs to tell."""

    code = "movement.illegal-event"
    sentence = "{event} of movement {movement} cannot be told now: {why}"
    mend = "`exchange-node movement show` says what may be done now, and by whom."


class InvalidOutageError(InputError):
    """What an operator announces is no outage that partners could go by."""

    code = "availability.invalid-outage"
    sentence = "this outage cannot be announced: {why}"
    mend = "Correct what is named and announce it again; nothing was told to anybody."
