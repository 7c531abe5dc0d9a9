from __future__ import annotations

import pytest

from exchange_node.risk.names.comparing import THRESHOLD, score
from exchange_node.risk.names.keys import MOST_KEYS, fits, name_keys

# None of these is in the list that the figures are taken from.
ONE = [
    ("Каримова Лола Бахромовна", "KARIMOVA LOLA"),
    ("Каримова Лола", "Lola Karimowa"),
    ("Ғаниев Шухрат", "Ганиев Шухрат Олимович"),
    ("Gʻaniyev Shuhrat", "Ганиев Шухрат"),
    ("Vəliyev Namiq", "Велиев Намик"),
    ("ნოდარ ხურციძე", "Nodar Khurtsidze"),
    ("ნოდარ ხურციძე", "Хурцидзе Нодар"),
    ("حامد نظری", "Hamed Nazari"),
    ("حامد نظری", "Хамед Назари"),
    ("孙立军", "SUN LIJUN"),
    ("孙立军", "Сунь Лицзюнь"),
    ("孫立軍", "孙立军"),
    ("Lijun Sun", "Сунь Лицзюнь"),
    ("Hsu Chih-ch'iang", "许志强"),
    ("Доржийн Баатар", "Baatar Dorj"),
    ("Ж. Сатпаев", "Сатпаев Жанибек"),
    ("ТОО «Серебряный Луч»", "Serebryanyy Luch LLP"),
    ("兰州黄河贸易有限公司", "Lanzhou Huanghe Trading Co., Ltd."),
    ("ООО Восток Карго", "Vostok Cargo LLC"),
    ("Abdul Rahman Stanekzai", "عبدالرحمن ستانکزی"),
    ("Doe", "DOE"),
]

TWO = [
    ("Каримова Лола", "Каримова Наргиза"),
    ("Каримов Рустам Олимович", "Каримов Рустам Азизович"),
    ("孙立军", "孙立明"),
    ("孙立军", "孫建軍"),
    ("张立军", "章立军"),
    ("SUN LIJUN", "SUN LIPING"),
    ("Nodar Khurtsidze", "ნოდარ ხვედელიძე"),
    ("Vostok Cargo LLC", "Vostok Stroy LLC"),
    ("Vostok Cargo LLC", "Zapad Cargo LLC"),
    ("حامد نظری", "حامد نوری"),
    ("Ж. Сатпаев", "Сатпаев Канат"),
    ("Каримов", "Каримов Рустам"),
    ("", ""),
    ("", "Каримов"),
    (" - ", " - "),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_name_in_two_spellings_fits(one: str, other: str) -> None:
    assert fits(one, other) >= THRESHOLD


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_names_do_not_fit(one: str, other: str) -> None:
    assert fits(one, other) == 0
    assert score(one, other) < THRESHOLD


def test_a_legal_form_alone_is_still_a_name() -> None:
    assert score("ООО", "ООО") == 1


def test_a_name_of_a_million_letters_is_read_as_far_as_its_bound() -> None:
    long = "Nurlan Seitzhanov " * 60_000

    assert len(name_keys(long)) <= MOST_KEYS
    assert score(long, long + "x") == 1
