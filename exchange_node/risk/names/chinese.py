"""A Chinese name in characters, pinyin, Wade-Giles or Cyrillic → its syllables in pinyin.

Cyrillic follows Palladius (Kafarov, 1888; the form in use since), in which -нь is n and -н is ng.
The syllables are put together from initials and finals; some of them nobody says, which harms
nothing: a name is read as Chinese only where all of it can be, and one of its ends is a family
name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from anyascii import anyascii

from exchange_node.domain.names.words import words_of

LONGEST = 4
"""Syllables of a person's name: a family name of one or two, a given name of one or two."""

SURNAMES = words_of(
    """
    wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang
    song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang
    cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou
    xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan lei qian yin
    chang wen niu ge hong gong pang nie zhuang qi mi mu sha bi an guan ou qu
    """
)
"""The commonest family names in pinyin without tones."""

_MARK = re.compile("чж|цз|ц[иэяюу]|сю|ся|сюэ|юй|жуй|юань|нь[^еёюя]|эй")

COMPOUND = words_of(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 夏侯 皇甫 尉迟 公孙 公孫 慕容 令狐 司徒 端木"
)
"""Family names of two characters."""

_SURNAME_READINGS = str.maketrans(
    {
        "单": "善",
        "單": "善",
        "曾": "增",
        "仇": "求",
        "解": "谢",
        "查": "扎",
        "盖": "戈",
        "区": "欧",
        "任": "人",
    }
)
"""Characters that are read otherwise when they are a family name, and one that sounds so."""

_VARIANTS = str.maketrans(
    "張劉陳楊趙黃吳孫馬鄭謝韓許鄧馮蕭葉閻鍾譚賈鄒龍錢湯賴龔賀顧萬嚴武國偉強華軍傑東曉紅蘭榮慶麗學遠"
    "術絲貿運輸業際鐵龐關齊寶貴鳳雲達興義樂銀鋒鵬輝濤寧業廣陽陸蘇盧蔣車實聖瑩藝雙勝衛",
    "张刘陈杨赵黄吴孙马郑谢韩许邓冯萧叶阎钟谭贾邹龙钱汤赖龚贺顾万严武国伟强华军杰东晓红兰荣庆丽学远"
    "术丝贸运输业际铁庞关齐宝贵凤云达兴义乐银锋鹏辉涛宁业广阳陆苏卢蒋车实圣莹艺双胜卫",
)
"""Traditional characters that names are written with, and their simplified forms."""

_INITIALS = {
    "": "", "b": "б", "p": "п", "m": "м", "f": "ф", "d": "д", "t": "т", "n": "н", "l": "л",
    "g": "г",
    "k": "к", "h": "х", "zh": "чж", "ch": "ч", "sh": "ш", "r": "ж", "z": "цз", "c": "ц", "s": "с",
}  # fmt: skip
_FINALS = {
    "a": "а", "o": "о", "e": "э", "ai": "ай", "ei": "эй", "ao": "ао", "ou": "оу", "an": "ань",
    "en": "энь",
    "ang": "ан", "eng": "эн", "ong": "ун", "i": "и", "ie": "е", "iao": "яо", "iu": "ю",
    "ian": "янь",
    "in": "инь", "iang": "ян", "ing": "ин", "u": "у", "ua": "уа", "uo": "о", "ui": "уй",
    "uai": "уай",
    "uan": "уань", "un": "унь", "uang": "уан",
}  # fmt: skip
_BEFORE_FRONT = frozenset("bpmdtnl")
_BEFORE_I = {"j": "цз", "q": "ц", "x": "с"}
_AFTER_I = {
    "i": "и", "ia": "я", "ie": "е", "iao": "яо", "iu": "ю", "ian": "янь", "in": "инь",
    "iang": "ян", "ing": "ин",
    "iong": "юн", "u": "юй", "ue": "юэ", "uan": "юань", "un": "юнь",
}  # fmt: skip
_WHOLE = {
    "yi": "и", "ya": "я", "ye": "е", "yao": "яо", "you": "ю", "yan": "янь", "yin": "инь",
    "yang": "ян", "ying": "ин",
    "yong": "юн", "yu": "юй", "yue": "юэ", "yuan": "юань", "yun": "юнь", "wu": "у", "wa": "ва",
    "wo": "во",
    "wai": "вай", "wei": "вэй", "wan": "вань", "wen": "вэнь", "wang": "ван", "weng": "вэн",
    "er": "эр",
    "zhi": "чжи", "chi": "чи", "shi": "ши", "ri": "жи", "zi": "цзы", "ci": "цы", "si": "сы",
    "hui": "хуэй", "gui": "гуй", "lyu": "люй", "nyu": "нюй", "lue": "люэ", "nue": "нюэ",
}  # fmt: skip
_GILES_INITIALS = {
    "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k", "zh": "ch", "ch": "ch", "r": "j",
    "z": "ts", "c": "ts",
    "j": "ch", "q": "ch", "x": "hs",
}  # fmt: skip
_ASPIRATED = frozenset(("p", "t", "k", "q", "ch", "c"))
_GILES_FINALS = {"ie": "ieh", "ian": "ien", "iong": "iung", "ong": "ung", "ue": "ueh", "you": "yu"}

Syllables = tuple[str, ...]


def _inventory() -> Iterator[tuple[str, str]]:
    """Yield every syllable in pinyin and in Cyrillic."""
    for initial, written in _INITIALS.items():
        for final, sound in _FINALS.items():
            if _is_said(initial, final):
                yield initial + final, written + sound
    for initial, written in _BEFORE_I.items():
        for final, sound in _AFTER_I.items():
            yield initial + final, written + sound
    yield from _WHOLE.items()


def _is_said(initial: str, final: str) -> bool:
    if not initial:
        return final[0] in "aoe"
    if final == "o":
        return initial in ("b", "p", "m", "f")
    return final[0] != "i" or initial in _BEFORE_FRONT


def _giles(syllable: str, *, aspirated: str) -> str:
    initial = next((one for one in ("zh", "ch", "sh") if syllable.startswith(one)), syllable[:1])
    final = syllable.removeprefix(initial)
    breath = aspirated if initial in _ASPIRATED else ""
    return _GILES_INITIALS.get(initial, initial) + breath + _GILES_FINALS.get(final, final)


_PINYIN = {one: one for one, _ in _inventory()} | {"lv": "lyu", "nv": "nyu"}
_PALLADIUS: Mapping[str, str] = {
    # Hasty writers put е for э, where that is not another syllable.
    **{written.replace("э", "е"): one for one, written in _inventory()},
    **{written: one for one, written in reversed(list(_inventory()))},
}
_ASPIRATED_FIRST = sorted(_PINYIN.values(), key=lambda one: one[0] not in "ptkqc")
_GILES = {
    # Without the sign of aspiration the plain sound is meant, where there is one.
    **{_giles(one, aspirated=""): one for one in _ASPIRATED_FIRST},
    **{_giles(one, aspirated="'"): one for one in _PINYIN.values()},
    "chih": "zhi", "ch'ih": "chi", "shih": "shi", "jih": "ri", "tzu": "zi", "ssu": "si",
    "kuo": "guo",
}  # fmt: skip
_MOST_LETTERS = 8  # ch'uang, as Wade and Giles wrote it
_ASPIRATION = re.compile("(?:[ptk]|ch|ts)'")
_WRITTEN_W = re.compile("^у(?=[аеиоэ])")


def characters_read(text: str) -> Syllables:
    """Return the syllables of Chinese characters, the first of which may be a family name."""
    raised = (
        (text[:1].translate(_SURNAME_READINGS) + text[1:]) if text[:2] not in COMPOUND else text
    )
    return tuple(_umlaut(anyascii(char).casefold(), char) for char in raised)


def simplified(text: str) -> str:
    """Return characters in their simplified forms, as far as names are written with them."""
    return text.translate(_VARIANTS)


@lru_cache(maxsize=4_096)
def word_read(word: str) -> Syllables:
    """Return the syllables of a folded word in Latin or Cyrillic; none where it is not Chinese."""
    if word[:1] and "Ѐ" <= word[0] <= "ԯ":
        return _cut(_WRITTEN_W.sub("в", word.replace("ъ", "")), _PALLADIUS)
    return _cut(_toneless(word), _PINYIN)


@lru_cache(maxsize=4_096)
def giles_read(word: str) -> Syllables:
    """Return the syllables of a folded word as Wade and Giles wrote them."""
    return _cut(_toneless(word, "'"), _GILES)


def is_giles(word: str) -> bool:
    """Whether a folded word has the sign of aspiration that Wade and Giles put."""
    return bool(_ASPIRATION.search(word))


def is_palladius(word: str) -> bool:
    """Whether a folded Cyrillic word is written as only Chinese words are."""
    return bool(_MARK.search(word) and word_read(word))


def is_chinese(words: Sequence[Syllables]) -> bool:
    """Whether words that were read may be one person's name: as long, and with a family name."""
    if not words or not all(words) or not 2 <= sum(map(len, words)) <= LONGEST:
        return False
    ends = (words[0], words[-1])
    return any(
        one[0] in SURNAMES if len(one) == 1 else "".join(one) in _COMPOUND_READ for one in ends
    )


def alike(one: Sequence[Syllables], other: Sequence[Syllables]) -> float:
    """Return how near two names are, from 0 to 1, whichever end of each the family name is at."""
    return max(in_order(a, b) for a in _orders(one) for b in _orders(other))


def _orders(words: Sequence[Syllables]) -> Iterator[Syllables]:
    yield tuple(one for word in words for one in word)
    if len(words) > 1:
        yield tuple(one for word in (words[-1], *words[:-1]) for one in word)


def in_order(one: Syllables, other: Syllables) -> float:
    """Return how near two rows of syllables are, from 0 to 1."""
    if "".join(one) == "".join(other):
        return 1.0
    if len(one) != len(other):
        return 0.0
    apart = sum(_apart(a, b) for a, b in zip(one, other, strict=True))
    return max(0.0, 1.0 - apart / len(one))


def _apart(one: str, other: str) -> float:
    """Return how far two syllables are apart; what dialects and hasty writers confuse, less."""
    if one == other:
        return 0.0
    return 0.7 if _blurred(one) == _blurred(other) else 1.0


def _blurred(syllable: str) -> str:
    short = syllable.removesuffix("g").replace("yu", "u") if len(syllable) > 2 else syllable
    for full, flat in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        short = short.replace(full, flat, 1)
    return short


@lru_cache(maxsize=4_096)
def blurred_key(syllables: frozenset[str]) -> str:
    """Return the key of a name: its syllables without what is confused, in no order."""
    return "".join(sorted(_blurred(one) for one in syllables))


def _umlaut(read: str, char: str) -> str:
    return {"lu": "lyu", "nu": "nyu"}.get(read, read) if char in "吕呂律绿綠旅闾女" else read


def _toneless(word: str, also: str = "") -> str:
    plain = unicodedata.normalize("NFD", word.replace("ü", "yu"))
    return re.sub(rf"[^a-z{also}]", "", plain)


def _cut(word: str, table: Mapping[str, str]) -> Syllables:
    """Cut a word into syllables of the table, as few as it takes; none where that cannot be."""
    if len(word) > LONGEST * _MOST_LETTERS:
        return ()
    best: list[Syllables | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _MOST_LETTERS), end):
            before, part = best[start], table.get(word[start:end])
            if before is not None and part:
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, part)
    return best[-1] or ()


_COMPOUND_READ = frozenset("".join(characters_read(one)) for one in COMPOUND)
