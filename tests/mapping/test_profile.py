from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from exchange_node.domain.errors import InvalidProfileError, UnknownFormatError
from exchange_node.mapping import Mapped, Profiles, detect, read_profiles
from exchange_node.wco.notation import Kind
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import WcoLibrary

Draw = Callable[..., Mapped]


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("= 1", "TOML", ""),
        ("n = " + "9" * 5000, "TOML", ""),
        ("titel = 'x'", "top level", "did you mean title"),
        ("zone = 'Asia/Atlantis'", "top level", "no zone"),
        ("dates = ['YY']", "top level", "a year, a month and a day"),
        ("title = 7", "top level", "a text"),
        ("groups = 7", "top level", "a table"),
        ("[groups.a]\nwithin = 'b'", "groups.a", "no group 'b'"),
        ("[groups.a]\nwithin = 'a'", "groups.a", "within itself"),
        ("[groups.a]\nlike = 'b'", "groups.a", "no group 'b'"),
        ("[groups.a]\nlike = 'b'\n[groups.b]\nlike = 'a'", "groups", "no group"),
        ("[groups.a]\nsplit = ','", "groups.a", "need each"),
        ("[groups.a]\neach = 'x'\nsplit = '('", "groups.a", "split"),
        ("[groups.a]\neach = 'x[y'", "groups.a", "no step"),
        ("[groups.a]\neach = 'x'\nonly = '0'", "groups.a", "only"),
        ("[groups.a]\neach = 'x'\nto = 'A/b c'", "groups.a", "no WCO path"),
        ("[groups.a.lines]\nb = { from = 'c' }", "groups.a.lines.b", "needs to"),
        ("[groups.a.lines]\nb = { to = 'C' }", "groups.a.lines.b", "exactly one of"),
        ("[groups.a.lines]\nb = { from = 'c', sum = 'd', to = 'C' }", "groups.a.lines.b", "one of"),
        ("[groups.a.lines]\nb = { form = 'c', to = 'C' }", "groups.a.lines.b", "mean from"),
        ("[groups.a.lines]\nb = { from = '$now', to = 'C' }", "groups.a.lines.b", "$now"),
        ("[groups.a.lines]\nb = { from = '', to = 'C' }", "groups.a.lines.b", "empty"),
        ("[groups.a.lines]\nb = { from = 7, to = 'C' }", "groups.a.lines.b", "from"),
        ("[groups.a.lines]\nb = { join = [], to = 'C' }", "groups.a.lines.b", "join"),
        ("[groups.a.lines]\nb = { from = 'c', part = '2', to = 'C' }", "groups.a.lines.b", "split"),
        ("[groups.a.lines]\nb = { from = 'c', take = '(', to = 'C' }", "groups.a.lines.b", "take"),
        (
            "[groups.a.lines]\nb = { from = 'c', crosswalk = 'x', to = 'C' }",
            "groups.a.lines.b",
            "x",
        ),
        (
            "[groups.a.lines]\nb = { from = 'c', default = 'd', to = 'C' }",
            "groups.a.lines.b",
            "why",
        ),
        ("[groups.a.lines]\nb = { from = 'c', zone = 'Z9', to = 'C' }", "groups.a.lines.b", "Z9"),
        ("[crosswalks.x]\nunknown = 'maybe'", "crosswalks.x", "one of"),
        ("[crosswalks.x]\npasses = '('", "crosswalks.x", "passes"),
        ("[crosswalks.x.codes]\na = 1", "crosswalks.x.codes", "a text"),
        ("[[drop]]\npaths = ['a']", "drop[1]", "reason"),
        ("[[drop]]\npaths = ['a[']\nreason = 'r'", "drop[1]", "step"),
        ("drop = 1", "top level", "list of tables"),
        ("[[check]]\nname = 'c'\none = 'a'", "check[1]", "one and other"),
        ("[family]\nmessages = '('", "family", "messages"),
        ("[detect]\nroots = [1]", "detect", "list of texts"),
        ("extends = 'nobody'", "extends", "no profile 'nobody'"),
        ("extends = 'test'", "extends", "itself"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_at_its_place(
    text: str, place: str, why: str
) -> None:
    with pytest.raises(InvalidProfileError) as caught:
        read_profiles({"test": text})

    assert place in caught.value.facts["place"]
    assert why in caught.value.facts["why"]


def test_a_target_that_the_wco_does_not_have_is_refused(draw: Draw) -> None:
    with pytest.raises(InvalidProfileError) as caught:
        draw("[groups.declaration.lines]\nx = { value = '1', to = 'Invented' }", "<D/>")

    assert "Declaration/Invented" in str(caught.value)


def test_a_profile_takes_over_replaces_and_takes_out(draw: Draw) -> None:
    base = """
    [crosswalks.kinds.codes]
    a = "1"
    [groups.declaration.lines]
    one = { from = "A", crosswalk = "kinds", to = "FunctionalReferenceID" }
    two = { from = "B", to = "ID" }
    [[drop]]
    reason = "base"
    paths = ["X"]
    """
    own = """
    extends = "base"
    [crosswalks.kinds.codes]
    b = "2"
    [groups.declaration.lines]
    one = { from = "C", crosswalk = "kinds", to = "FunctionalReferenceID" }
    two = { off = true }
    [[drop]]
    reason = "own"
    paths = ["Y"]
    """

    profile = read_profiles({"base": base, "own": own}).by_name["own"]

    assert profile.named == {"C": ("declaration.one",)}
    assert [one.reason for one in profile.drops] == ["own", "base"]
    assert not profile.is_detected


def test_groups_alike_share_lines_and_what_is_within() -> None:
    text = """
    [groups.consignment]
    to = "Consignment"
    [groups.consignor]
    within = "consignment"
    each = "Sender"
    to = "Consignor"
    [groups.consignor.lines]
    name = { from = "Name", to = "Name" }
    [groups.address]
    within = "consignor"
    to = "Address"
    [groups.address.lines]
    city = { from = "City", to = "CityName" }
    [groups.consignee]
    within = "consignment"
    like = "consignor"
    each = "Receiver"
    to = "Consignee"
    """

    profile = read_profiles({"test": text}).by_name["test"]

    assert profile.fills["Declaration/Consignment/Consignee/Address/CityName"] == ("Receiver/City",)
    assert set(profile.named) >= {"Sender/Name", "Sender/City", "Receiver/Name", "Receiver/City"}


def test_the_shipped_profiles_compile_and_fill_only_what_the_wco_has(
    profiles: Profiles, library: WcoLibrary
) -> None:
    assert set(profiles.names) >= {"asycuda-sad", "eaeu-r048", "ncts-cc029c", "wco-goods"}
    for profile in profiles:
        kind = profile.document
        unknown = [path for path in profile.fills if library.registry.entry(path, kind) is None]
        assert not unknown, profile.name


def test_every_obligatory_element_has_a_line_in_every_shipped_profile(
    profiles: Profiles, library: WcoLibrary
) -> None:
    for profile in profiles:
        obligatory = set(_obligatory(library.registry, "Declaration", profile.document))
        assert not obligatory - set(profile.fills), profile.name


def test_a_profile_says_which_document_it_writes(draw: Callable[..., Mapped]) -> None:
    lines = """
    [groups.item]
    each = "Item"
    to = "GoodsShipment/GovernmentAgencyGoodsItem"
    [groups.item.lines]
    number = { from = "No", to = "SequenceNumeric" }
    """

    mapped = draw(lines, "<D><Item><No>1</No></Item></D>", head='document = "goods-declaration"\n')

    assert mapped.document.kind is Kind.GOODS_DECLARATION
    with pytest.raises(InvalidProfileError, match="is in no transit manifest"):
        draw(lines, "<D/>")


def test_a_document_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidProfileError, match="goods-declaration"):
        read_profiles({"test": 'document = "invoice"'})


def test_a_root_is_taken_only_for_what_it_has(profiles: Profiles) -> None:
    assert detect(b"<Declaration><GoodsShipment/></Declaration>", profiles).name == "wco-goods"
    with pytest.raises(UnknownFormatError):
        detect(b"<Declaration><Consignment/></Declaration>", profiles)


def _obligatory(registry: Registry, path: str, kind: str) -> Iterator[str]:
    for entry in registry.children(path, kind):
        if not entry.minimum:
            continue
        if entry.is_class:
            yield from _obligatory(registry, entry.path, kind)
        else:
            yield entry.path
