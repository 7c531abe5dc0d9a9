"""Which profile a file is for: by its kind and its signs, or by name.

Profiles are asked in the order of their names, so the answer depends on nothing but the file and
the profiles.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange_node.domain.errors import UncoveredMessageError, UnknownFormatError
from exchange_node.mapping.profile.profile import Profile, Profiles
from exchange_node.mapping.sources import Opened, opened
from exchange_node.mapping.tree import Source


def detect(declaration: bytes | Opened, profiles: Profiles) -> Profile:
    """Return the profile that recognises a declaration, in a wrapper or bare.

    Of several, the one that knows it best: it knows the namespace too, or more of the columns.

    Raises:
        InputError: the file is nothing that is let in.
        UncoveredMessageError: a message of a family we know, of a type that no profile covers.
        UnknownFormatError: no profile knows it.
    """
    found = opened(declaration)
    fitting = [
        (fit, profile.name, profile)
        for profile in profiles
        if profile.is_detected and (fit := found.fit(profile.detection)) is not None
    ]
    if fitting:
        return min(fitting, key=lambda one: one[:2])[2]
    raise _unknown(found, profiles, ", ".join(profiles.names) or "none")


def named(name: str, profiles: Profiles) -> Profile:
    """Return the profile of a name.

    Raises:
        UnknownFormatError: there is none.
    """
    profile = profiles.by_name.get(name)
    if profile is None:
        known = ", ".join(profiles.names) or "none"
        raise UnknownFormatError(what=f"the name {name[:80]!r}", known=known)
    return profile


def read_as(declaration: Opened, profile: Profile) -> Source:
    """Return a declaration as the tree that a profile reads.

    Raises:
        UncoveredMessageError, UnknownFormatError: it is not of the profile's format.
    """
    if declaration.fit(profile.detection) is None:
        raise _unknown(declaration, (profile,), ", ".join(_signs(profile)) or profile.name)
    return declaration.read(profile.detection)


def _unknown(
    found: Opened, profiles: Iterable[Profile], known: str
) -> UncoveredMessageError | UnknownFormatError:
    profiles = tuple(profiles)
    for name in found.messages():
        for profile in profiles:
            family = profile.family
            if family is not None and family.messages.fullmatch(name):
                covered = _covered(profiles, family.name)
                return UncoveredMessageError(what=name, family=family.name, known=covered)
    return UnknownFormatError(what=found.seen, known=known)


def _covered(profiles: Iterable[Profile], family: str) -> str:
    covered = (
        sign
        for profile in profiles
        if profile.family is not None and profile.family.name == family
        for sign in _signs(profile)
    )
    return ", ".join(sorted(set(covered)))


def _signs(profile: Profile) -> tuple[str, ...]:
    return (*profile.detection.roots, *profile.detection.messages)
