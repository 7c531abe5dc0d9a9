from __future__ import annotations

import os
import pwd

import pytest

from exchange_node.cli.console import account


def test_no_variable_gives_anybody_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "officer two")

    assert account() == pwd.getpwuid(os.getuid()).pw_name


def test_an_account_without_a_name_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_123)

    assert account() == "4000000123"
