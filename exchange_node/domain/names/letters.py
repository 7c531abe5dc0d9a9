"""A word in any script → its sounds, one character each.

Sounds are written in an alphabet of our own. Consonants: p b f v m n N(ng) t d s z c(ts) C(ch)
j(dzh) S(sh) Z(zh) k g q x(kh) h G(gh) l r; y is the glide; vowels: a e i o u. A letter that one
spelling habit reads so and another otherwise is a sound of its own, and `sounds` says how near it
is to each: J X Q H K are Latin j x q ch c, and A W Y E are the Arabic alif, waw, ya and final ha.

Tables are our own, drawn up from the alphabets in use: ISO 9:1995 and the national romanisations
(BGN/PCGN) for what a letter stands for, not for how it is written here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

VOWELS = frozenset("aeiou")

_CYRILLIC: Mapping[str, str] = MappingProxyType(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "Z", "з": "z",
        "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "c", "ч": "C", "ш": "S", "щ": "S",
        "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        # Kazakh, Kyrgyz, Mongolian, Uzbek, Tajik, Azerbaijani and Turkmen letters
        "ә": "a", "ғ": "G", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
        "ў": "o", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ҝ": "g", "ҹ": "j", "җ": "j", "ј": "y",
        "ї": "yi", "є": "ye", "ґ": "g",
    }
)  # fmt: skip

_GEORGIAN: Mapping[str, str] = MappingProxyType(
    dict(zip("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "abgdevztiklmnopZrstupkGqSCczcCxjh", strict=True))
)

_ARABIC: Mapping[str, str] = MappingProxyType(
    {
        "ا": "A", "آ": "A", "أ": "A", "إ": "A", "ء": "", "ئ": "", "ؤ": "W", "ب": "b", "پ": "p",
        "ت": "t", "ٹ": "t", "ټ": "t", "ث": "s", "ج": "j", "چ": "C", "ح": "h", "خ": "x", "ځ": "z",
        "څ": "c", "د": "d", "ڈ": "d", "ډ": "d", "ذ": "z", "ر": "r", "ڑ": "r", "ړ": "r", "ز": "z",
        "ژ": "Z", "ږ": "Z", "س": "s", "ش": "S", "ښ": "S", "ص": "s", "ض": "z", "ط": "t", "ظ": "z",
        "ع": "", "غ": "G", "ف": "f", "ق": "q", "ک": "k", "ك": "k", "گ": "g", "ګ": "g", "ڭ": "N",
        "ل": "l", "م": "m", "ن": "n", "ں": "n", "ڼ": "n", "و": "W", "ہ": "h", "ه": "h", "ھ": "",
        "ۀ": "E", "ة": "E", "ۃ": "E", "ی": "Y", "ي": "Y", "ى": "Y", "ې": "e", "ے": "e", "ۍ": "Y",
        # Uyghur writes its vowels
        "ە": "e", "ۆ": "o", "ۇ": "u", "ۈ": "u", "ۋ": "v",
    }
)  # fmt: skip

_LATIN: Mapping[str, str] = MappingProxyType(
    {
        "schtsch": "S", "chtch": "S", "shch": "S", "tsch": "C", "dsch": "j", "dzh": "j", "tch": "C",
        "sch": "S", "sh": "S", "zh": "Z", "kh": "x", "gh": "G", "ch": "H", "ph": "f", "th": "t",
        "ck": "k", "ts": "c", "tz": "c", "dj": "j", "dz": "z", "oo": "u", "ou": "u", "ee": "i",
        "g'": "G", "a": "a", "b": "b", "c": "K", "d": "d", "e": "e", "f": "f", "g": "g", "h": "h",
        "i": "i", "j": "J", "k": "k", "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "Q",
        "r": "r", "s": "s", "t": "t", "u": "u", "v": "v", "w": "v", "x": "X", "y": "y", "z": "z",
        "ç": "C", "č": "C", "ć": "C", "ş": "S", "š": "S", "ž": "Z", "ğ": "G", "ǧ": "G", "ı": "i",
        "ə": "a", "ä": "a", "ö": "o", "ü": "u", "ý": "y", "ň": "n", "ñ": "n", "ß": "s", "ø": "o",
        "æ": "e", "ŋ": "N", "đ": "d", "ł": "l",
    }
)  # fmt: skip
_LATIN_SIGN = re.compile("|".join(sorted(map(re.escape, _LATIN), key=len, reverse=True)) + "|.")

# What two letters are together, in whatever script they stand: тс and ts are ц, дж is j.
_TOGETHER = (("CZ", "j"), ("cz", "z"), ("tS", "C"), ("tC", "C"), ("dZ", "j"), ("dj", "j"),
             ("dJ", "j"), ("ts", "c"), ("dz", "z"))  # fmt: skip
_BACK_NASAL = re.compile(r"ng(?![aeiou])")
_DOUBLE = re.compile(r"(.)\1+")
_VOWEL_Y = re.compile(r"(?<=[^aeiouy])y(?![aeiou])")
_IOTATED = re.compile(r"(?:^|(?<=[aeiouy]))e")
_MARKS = {"ʻ": "'", "ʼ": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "ʹ": "'", "′": "'"}
_APOSTROPHES = str.maketrans(_MARKS)


def folded_letters(text: str) -> str:
    """Return a text in the form in which its letters are read: compatible, small, one apostrophe.

    Folding twice changes nothing more.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKC", plain).translate(_APOSTROPHES)
    return "".join(char for char in plain if unicodedata.category(char) not in ("Cf", "Lm"))


def script_of(word: str) -> str:
    """Return the script of a word by its first letter: `cyrl`, `geor`, `arab`, `hani` or `latn`."""
    for char in word:
        if "Ѐ" <= char <= "ԯ":
            return "cyrl"
        if "ა" <= char <= "ჿ":
            return "geor"
        if "؀" <= char <= "ۿ" or "ݐ" <= char <= "ݿ":
            return "arab"
        if "㐀" <= char <= "鿿" or "豈" <= char <= "﫿" or "𠀀" <= char <= "𿿿":
            return "hani"
        if char.isalpha():
            return "latn"
    return "latn"


def sounds_of(word: str, romanise: Callable[[str], str]) -> str:
    """Return the sounds of one folded word; empty where it has no letter that is read.

    Args:
        romanise: writes in plain Latin letters what has no table here.
    """
    script = script_of(word)
    if script == "arab":
        return _arabic(word)
    if script == "cyrl":
        said = _cyrillic(word)
    elif script == "geor":
        said = "".join(_GEORGIAN.get(char, "") for char in word)
    else:
        said = _latin(word, romanise)
    for letters, one in _TOGETHER:
        said = said.replace(letters, one)
    return _DOUBLE.sub(r"\1", _BACK_NASAL.sub("N", said))


def _cyrillic(word: str) -> str:
    word = re.sub("(?<=[аеёиоуыэюяәөүұіў])е|^е|(?<=[ьъ])е", "йэ", word)
    return "".join(_CYRILLIC.get(char) or _bare(char, _CYRILLIC) for char in word)


def _arabic(word: str) -> str:
    said = "".join(_ARABIC.get(char, "") for char in word)
    return said[:-1] + "E" if said.endswith("h") and len(said) > 1 else said


def _latin(word: str, romanise: Callable[[str], str]) -> str:
    """Read Latin letters, and whatever has no table of its own as it is romanised."""
    if not all(char < "ɐ" for char in word):
        word = romanise(word).casefold()
    word = word.replace("'h", "h")
    said = "".join(_LATIN.get(sign) or _bare(sign, _LATIN) for sign in _LATIN_SIGN.findall(word))
    return _VOWEL_Y.sub("i", said)


def _bare(char: str, table: Mapping[str, str]) -> str:
    """Return the sound of a letter without its marks; none for what is no letter of the table."""
    return table.get(unicodedata.normalize("NFD", char)[:1], "")
