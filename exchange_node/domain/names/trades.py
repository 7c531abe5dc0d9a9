"""What a firm does and where it sits: words that are compared by meaning, in any language.

Our own list of what carriers, forwarders and trading houses of the region call themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WORDS = """
trade: trade trading trader traders commerce commercial торговая торговый торговля трейд трейдинг
trade: трейдерс сауда sauda
trade: соода савдо savdo savdosi тижорат tijorat тиҷорат söwda sowda ticarət ticaret тиджарет
trade: худалдаа handel
trade: بازرگانی تجارتی تجارت سودا ٹریڈرز ٹریڈنگ სავაჭრო
logistics: logistic logistics logistik logistika lojistik loqistika logistyka логистик логистика
logistics: логистикс логистическая
logistics: лоджистикс ложистик لوژستیک لاجسٹکس ლოგისტიკა ლოჯისტიკა ложистикс
transport: transport transports transportation carrier carriers haulage nakliyat nəqliyyat
transport: neqliyyat nagliyyat naqliyot
transport: ulag yükdaşıma yukdashima yunshu транспорт транспортная перевозки перевозчик нақлиёт
transport: наглият юкдашыма улаг
transport: боркаш borkash barkash тээвэр тасымал кэрриерс карриерс ترانسپورت ترانسپورتی کیریئرز
transport: ნაგლიატი
international: international intl internasional xalqaro халқаро халкаро khalkaro halqaro
international: международная международный
international: халықаралық интернэшнл интернешнл интернейшнл beynəlxalq beynelxalq uluslararası
international: بین‌المللی საერთაშორისო
cargo: cargo kargo карго жүк freight фрахт کارگو კარგო yuk yük юк ýük бор
service: service services servis serwis сервис сервисез xidmət hizmet xizmat хизмат қызмет кызмат
service: სერვისი سروس
express: express ekspress ekspres экспресс ექსპრესი
importexport: import export imp exp impex impeks импорт экспорт импорту экспорту импекс idxal ixrac
supplychain: supply chain management сапплай чейн менеджмент
construction: construction stroy stroi build building строй строительная tikinti gurluşyk gurlushyk
construction: гурлушык сохтмон
construction: qurilish қурилиш құрылыс курулуш барилга inşaat sokhtmon sohtmon
textile: textile textiles tekstil текстиль текстил текс tex dokma докма toqima тоқыма кашемир
textile: cashmere
transit: transit tranzit транзит транзитная ტრანზიტი ترانزیت
terminal: terminal terminali терминал терминали ტერმინალი ترمینل
agro: agro агро agri agricultural fermer фермер kənd аграрная
forwarding: forwarding forwarder forwarders spedition expeditor экспедиция экспедиторская экспедитор
group: group групп группа grup qrup gruppe holding холдинг гурӯҳ گروپ
technology: technology technologies tech технологии технология
plastic: plast пласт plastic plastik пластик
food: food foods gıda azıq озиқ
investment: invest investment инвест инвестмент
urumqi: urumqi urumchi wulumuqi урумчи урумчийская урумчийский
xinjiang: xinjiang sinkiang синьцзян синьцзянская синьцзянский шыңжаң
kashgar: kashgar kashi kashghar кашгар кашгарская қашқар
khorgos: khorgos horgos huoerguosi хоргос хоргосская қорғас
yiwu: yiwu иу
xian: xian xi'an сиань сианьская
china: china chinese zhongguo китай китайская
"""

_CHINESE = """
supplychain: 供应链管理 供应链 供應鏈管理 供應鏈
importexport: 进出口 進出口
international: 国际 國際
logistics: 物流
transport: 货运 貨運 运输 運輸
trade: 贸易 貿易 商贸 商貿 经贸 經貿
forwarding: 货代 货运代理
technology: 科技
textile: 纺织 服装
construction: 建设 建筑
food: 食品
investment: 投资
express: 快递
terminal: 码头
transit: 过境
agro: 农业
urumqi: 乌鲁木齐市 乌鲁木齐 烏魯木齊
xinjiang: 新疆
kashgar: 喀什市 喀什
khorgos: 霍尔果斯市 霍尔果斯 霍爾果斯
yiwu: 义乌市 义乌 義烏
xian: 西安市 西安
china: 中国 中國
"""


def _by_word(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        meaning, _, words = line.partition(": ")
        for word in words.split():
            found.setdefault(word, meaning)
    return MappingProxyType(found)


MEANINGS = _by_word(_WORDS)
"""A word of a firm's name, folded → what it means."""

CHINESE_MEANINGS = _by_word(_CHINESE)
"""Characters in a Chinese firm's name → what they mean."""
