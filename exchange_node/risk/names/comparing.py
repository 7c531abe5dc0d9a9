"""Two names → a score from 0 to 1, whatever scripts they are in; the same either way round.

A name is as near as its words, and nearly as far as the farthest of them: one word that does not
fit says more than two that do. Weights are our choice; docs/names.md has what they come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange_node.domain.names.sounds import begins_alike, nearness
from exchange_node.risk.names import chinese
from exchange_node.risk.names.reading import Name, Part, Word, read

THRESHOLD = 0.8
"""From here on two names count as one (docs/names.md has what this finds and lets through)."""

_ROUNDED = 4  # digits of a score
JUST_ENOUGH = THRESHOLD - 0.1**_ROUNDED
"""What is below this is no score of `THRESHOLD`, rounded either."""

_SAME = 0.62  # words that are less near than this are two words
_ALONE = 0.72  # the most that one word of a name says for all of it
_INITIAL = 0.9  # how near an initial is to a word that begins with it
_WITH_INITIALS = 0.86  # the most that a word and initials say
_EXTRA, _EXTRA_FIRM = 0.05, 0.3  # what a word costs that only one side has
_OTHER_FATHER, _OTHER_TRADE, _OTHER_INITIAL = 0.75, 0.72, 0.6  # what a contradiction leaves
_CHARACTER = 0.25  # what each other character of one sound costs


def score(one: str, other: str) -> float:
    """Return how near two names are, from 0 to 1; 1 where they are written alike."""
    return compared(read(one), read(other))


def compared(one: Name, other: Name) -> float:
    """Return how near two names are that were read; see `score`."""
    if one.folded == other.folded:
        return 1.0 if one.words else 0.0
    first, second = sorted((one, other), key=_order)
    return round(_score(first, second), _ROUNDED)


def least_near(words: int) -> float:
    """Return how near every pair of words is, at the least, in two names that count as one.

    `words`: how many pairs there may be. A score is half the mean of the pairs and half the
    farthest of them; here all the others are the same word on both sides.
    """
    mean_of_others = (words - 1) / words if words else 0.0
    return max(_SAME, (JUST_ENOUGH - mean_of_others / 2) / (0.5 + 0.5 / max(words, 1)))


def _order(name: Name) -> tuple[int, str]:
    return (len(name.words), name.folded)


def _score(one: Name, other: Name) -> float:
    if not one.words or not other.words:
        return 0.0
    if one.chinese and other.chinese:
        return _chinese(one, other)
    best = _by_words(one, other)
    if one.is_firm or other.is_firm:
        best = max(best, _by_trade(one, other)) * _contradiction(one, other)
    return max(0.0, min(1.0, best))


def _chinese(one: Name, other: Name) -> float:
    alike = chinese.alike(one.chinese, other.chinese)
    mine, yours = one.characters, other.characters
    if mine and yours and len(mine) == len(yours):
        alike -= _CHARACTER * sum(a != b for a, b in zip(mine, yours, strict=True))
    return max(0.0, alike)


# ---------------------------------------------------------------- words against words


def _by_words(one: Name, other: Name) -> float:
    """Return the score of the words of two names, two of one side taken together where it helps."""
    mine, yours = one.of(Part.NAME), other.of(Part.NAME)
    best = _assigned(one, other, mine, yours)
    if best < THRESHOLD and (best or len(mine) != len(yours)):
        for joined in _joinings(mine, yours):
            best = max(best, _assigned(one, other, joined, yours))
        for joined in _joinings(yours, mine):
            best = max(best, _assigned(one, other, mine, joined))
    return best


def _joinings(words: Sequence[Word], others: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Yield the words with two neighbours made one, where the other side has one about as long."""
    for at in range(len(words) - 1):
        length = len(words[at].sounds) + len(words[at + 1].sounds)
        if any(abs(len(one.sounds) - length) <= length // 3 for one in others):
            yield (*words[:at], _join(words[at : at + 2]), *words[at + 2 :])


def _join(words: Sequence[Word]) -> Word:
    sounds = "".join(one.sounds for one in words)
    syllables = tuple(part for one in words for part in one.syllables)
    if not all(one.syllables for one in words):
        syllables = ()
    return Word(
        Part.NAME,
        sounds,
        loose=any(one.loose for one in words),
        syllables=syllables,
        is_chinese=any(one.is_chinese for one in words),
    )


def _near(one: Word, other: Word) -> float:
    if one.syllables and other.syllables and (one.is_chinese or other.is_chinese):
        return chinese.in_order(one.syllables, other.syllables)
    return nearness(one.sounds, other.sounds, loose=one.loose or other.loose)


def _pairs(
    mine: Sequence[Word], yours: Sequence[Word]
) -> tuple[list[tuple[float, Word, Word]], list[Word], list[Word]]:
    """Return the nearest pairs of words, each word once, and what each side has left."""
    every = sorted(
        ((_near(a, b), i, j) for i, a in enumerate(mine) for j, b in enumerate(yours)),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    taken_i: set[int] = set()
    taken_j: set[int] = set()
    found = []
    for near, i, j in every:
        if near >= _SAME and i not in taken_i and j not in taken_j:
            taken_i.add(i)
            taken_j.add(j)
            found.append((near, mine[i], yours[j]))
    left = [one for i, one in enumerate(mine) if i not in taken_i]
    return found, left, [one for j, one in enumerate(yours) if j not in taken_j]


def _assigned(one: Name, other: Name, mine: Sequence[Word], yours: Sequence[Word]) -> float:
    pairs, mine_left, yours_left = _pairs(mine, yours)
    if not pairs:
        return 0.0
    nears = [near for near, _, _ in pairs]
    factor, initials = 1.0, 0
    for initial_of, left in ((one, yours_left), (other, mine_left)):
        met, is_contradicted = _initials(initial_of.of(Part.INITIAL), left)
        initials += met
        factor *= _OTHER_INITIAL if is_contradicted else 1.0
    nears += _fathers_found(one, mine_left, yours_left)
    nears += _fathers_found(other, yours_left, mine_left)
    factor *= _fathers(one, other)
    if mine_left and yours_left:
        # Each side has a word that the other has not: two names.
        nears.append(max(_near(a, b) for a in mine_left for b in yours_left))
    whole = (sum(nears) + _INITIAL * initials) / (len(nears) + initials)
    total = 0.5 * whole + 0.5 * min(nears)
    if initials:
        total = min(total, _WITH_INITIALS)
    if len(nears) + initials == 1 and (mine_left or yours_left):
        total = min(total, _ALONE)
    extra = abs(len(mine_left) - len(yours_left))
    cost = _EXTRA_FIRM if one.is_firm or other.is_firm else _EXTRA
    return factor * (total - cost * extra)


def _fathers_found(name: Name, own_left: list[Word], left: list[Word]) -> list[float]:
    """Take the words of the other side that are the father's name of this one, and how near.

    Only where every other word of this side has found its like.
    """
    found: list[float] = []
    for father in () if own_left else name.of(Part.FATHER):
        same = next((word for word in left if _near(father, word) >= _SAME), None)
        if same is not None:
            left.remove(same)
            found.append(_near(father, same))
    return found


def _fathers(one: Name, other: Name) -> float:
    """Return what is left of a score where both sides name a father, and not the same one."""
    near = [_near(a, b) for a in one.of(Part.FATHER) for b in other.of(Part.FATHER)]
    return _OTHER_FATHER if near and max(near) < _SAME else 1.0


def _initials(initials: Sequence[Word], left: list[Word]) -> tuple[int, bool]:
    """Take the words that initials stand for; return how many, and whether the first found none.

    The first is that of the given name; a father's name, which the second stands for, may be
    missing.
    """
    met = 0
    for position, initial in enumerate(initials):
        same = next((word for word in left if begins_alike(initial.sounds, word.sounds)), None)
        if same is not None:
            left.remove(same)
            met += 1
        elif left and not position:
            return 0, True
    return met, False


# ---------------------------------------------------------------- firms


def _by_trade(one: Name, other: Name) -> float:
    """Return the score of two firms' own words, all of a side taken together."""
    mine, yours = one.of(Part.NAME), other.of(Part.NAME)
    own = _near(_join(mine), _join(yours)) if mine and yours else 0.0
    if len(one.words) == len(other.words):
        return own
    return max(own, _near(_join(one.words), _join(other.words)))


def _contradiction(one: Name, other: Name) -> float:
    """Return what is left of a score where two firms do different things."""
    mine, yours = ({word.meaning for word in name.of(Part.TRADE)} for name in (one, other))
    return _OTHER_TRADE if mine and yours and not mine & yours else 1.0
