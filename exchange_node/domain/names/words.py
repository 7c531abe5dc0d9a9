"""The words about a name that are no part of it: legal forms, titles, whose child somebody is.

Drawn up from the company laws and the usage of the eleven countries and their neighbours. A legal
form says nothing of who it is and is left out of what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, each once."""
    return frozenset(text.split())


LEGAL = words_of(
    """
    youxian gongsi zeren gufen llc llp ltd limited inc corp corporation company plc jsc ojsc
    cjsc pjsc pvt private pte gmbh kg srl sarl fze fzco jv m/s co ag ie тоо ооо оао зао пао ао
    ип сп чп лтд ко пвт лимитед компания товарищество общество ограниченной ответственностью
    акционерное с жшс ақ жк жауапкершілігі шектеулі серіктестігі қк компаниясы too oao zao ooo
    ip ao осоо жчк жак чк жоопкерчилиги чектелген коому шериктештиги osoo мчж аж масъулияти
    чекланган жамияти mchj qk masuliyati cheklangan jamiyati ҷдмм ҷсп ҷсшк jdmm хо хоз es hj hk
    ýaş mmc asc qsc mtk şirkəti aş a.ş şti san tic შპს სს ი/მ shps ххк xxk hhk شرکت شركت د لمیتد
    لمتد لمیټډ پرائیویٹ لمیٹڈ کمپنی محدود
    """
)
"""Words of legal forms, folded; most abbreviations stand for one in several languages."""

CHINESE_LEGAL = (
    "股份有限公司", "有限责任公司", "有限責任公司", "集团有限公司", "有限公司",
    "股份公司", "集团公司", "分公司", "集团", "集團", "公司", "商行",
)  # fmt: skip
"""Endings of the names of Chinese firms, the longer first."""

TITLES = words_of(
    """
    mr mrs ms dr haji hajji hoji alhaj хаджи хожи قاری حاجی eng prof г-н г-жа гражданин
    гражданка
    """
)
"""Words before a name that are no part of it."""

BETWEEN = words_of("& and of for the и с по в г va ва және bilan bin ibn bint")
"""Words that only join others."""

CHILD_OF = words_of(
    """
    oglu ogly ogli oğlu oghlu o'g'li o'gli og'li ўғли угли оглы оглу уулу uulu ұлы улы uly qizi
    qızı kyzy gizi gyzy kizi kızı қизи кизи кызы гызы қызы
    """
)
"""Words after a father's name: son or daughter of."""

FATHERS_ENDINGS = (
    "ович", "евич", "овна", "евна", "ovich", "evich", "ovna", "evna", "owitsch", "ewitsch",
    "owna", "ewna",
    "ұлы", "улы", "қызы", "кызы", "uly", "ūly", "qyzy", "kyzy",
)  # fmt: skip
"""Endings of a father's name, in Russian and in Kazakh."""

GENITIVES = ("ийн", "iin")
"""Endings of a Mongolian father's name."""

WRITTEN_SHORT: Mapping[str, str] = MappingProxyType(
    {"mohd": "mohammad", "muhd": "muhammad", "md": "mohammad", "абд": "абдул"}
)
"""Names that are written short so often that everybody reads them whole."""
