from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node.config.settings import read_settings, read_text
from exchange_node.config.settings.passphrase import PASSPHRASE_VARIABLE, given_passphrase
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError, PassphraseError
from exchange_node.security.trusting.policy import RevocationPolicy, Strictness

SMALLEST = '[node]\nparty = "customs.kz"\nadministration = "K"\ntest = true\n'


def written(folder: Path, text: str) -> Path:
    (folder / "node.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_left_out_has_its_default_and_paths_are_absolute(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, SMALLEST))

    assert settings.store_url == f"sqlite:///{tmp_path.resolve()}/var/node.db"
    assert settings.api.host == "127.0.0.1"
    assert settings.store_max_bytes is None
    assert settings.administration.country == "KZ"


def test_a_database_elsewhere_is_left_as_it_is(tmp_path: Path) -> None:
    text = SMALLEST + '[store]\nurl = "postgresql://db/node"\nmax_megabytes = 5\n'

    settings = read_settings(written(tmp_path, text))

    assert settings.store_url == "postgresql://db/node"
    assert settings.store_max_bytes == 5_000_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SMALLEST.replace("customs.kz", "kz"), "node.party"),
        (SMALLEST + "[as4]\nport = 70000\n", "as4.port"),
        (SMALLEST + '[as4]\nprot = "x"\n', "as4.prot"),
        (SMALLEST + "[limits]\ndocument_bytes = 10\n", "limits.document_bytes"),
        (SMALLEST.replace('administration = "K"\n', ""), "node.administration"),
        ("[node\n", "no TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_place(
    tmp_path: Path, text: str, place: str
) -> None:
    with pytest.raises(InvalidSettingError, match=place):
        read_settings(written(tmp_path, text))


def test_a_folder_without_settings_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(MissingSettingError, match=r"node\.toml"):
        read_settings(tmp_path)


def test_settings_that_are_no_text_are_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidSettingError, match="UTF-8"):
        read_text(tmp_path / "node.toml")


def test_the_environment_s_passphrase_comes_before_the_file_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "from the environment")
    assert given_passphrase(tmp_path / "secret") == "from the environment"

    monkeypatch.delenv(PASSPHRASE_VARIABLE)
    assert given_passphrase(tmp_path / "secret") == "from the file"


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_no_passphrase_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)
    if content is not None:
        (tmp_path / "secret").write_text(content)

    with pytest.raises(PassphraseError):
        given_passphrase(tmp_path / "secret")
    with pytest.raises(PassphraseError):
        given_passphrase(None)


def test_trust_in_authorities_is_set_in_units_people_use(tmp_path: Path) -> None:
    text = SMALLEST + (
        '[trust]\nrevocation = "require"\nmax_age_minutes = 5\ngrace_hours = 2\n'
        'clock_minutes = 1\ncrl_folder = "lists"\n'
    )

    settings = read_settings(written(tmp_path, text))

    assert settings.revocation == RevocationPolicy(
        strictness=Strictness.REQUIRE,
        max_age=timedelta(minutes=5),
        grace=timedelta(hours=2),
        tolerance=timedelta(minutes=1),
    )
    assert settings.crl_folder == tmp_path.resolve() / "lists"


def test_without_a_word_on_trust_a_lost_authority_has_a_day_of_grace(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, SMALLEST))

    assert settings.revocation == RevocationPolicy()
    assert settings.revocation.strictness is Strictness.GRACE
    assert settings.crl_folder is None


def test_trust_is_not_set_to_what_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match=r"trust\.revocation"):
        read_settings(written(tmp_path, SMALLEST + '[trust]\nrevocation = "soft"\n'))
