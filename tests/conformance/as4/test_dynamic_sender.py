"""The registry in which a sender finds its receiver is here the receiver's card."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from exchange_node import node as nodes
from exchange_node.ebms.wss.tokens import key_identifier
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose, Subject, self_signed, write_pem
from exchange_node.security.keys import new_rsa_key
from tests.conformance.as4.peer import listen
from tests.conformance.as4.serving import serving
from tests.ebms.parties import DRAW
from tests.world import PASSPHRASE, Pair


def change_card(folder: Path, change: Callable[[str], str]) -> None:
    """Change what Kazakhstan's node has been given about Uzbekistan's."""
    card = folder / "kz" / "partners" / "customs.uz.toml"
    card.write_text(change(card.read_text("utf-8")), "utf-8")


def test_ds_ta01_the_receivers_address_is_found_and_the_message_gets_there(
    pair: Pair, tmp_path: Path
) -> None:
    submission = pair.submit()
    with serving(pair.uz, pair.kz) as listener:
        url = f'url = "https://127.0.0.1:{listener.port}/as4"'
        change_card(tmp_path, lambda card: re.sub(r"^url = .*$", url, card, flags=re.MULTILINE))
        pair.kz.close()
        pair.kz = nodes.build(tmp_path / "kz", passphrase=PASSPHRASE, clock=pair.clock)
        pair.kz.sending.run()

        assert pair.state_of(submission) == "receipted"
        pair.kz.line.close()


def test_ds_ta02_the_message_is_encrypted_for_the_certificate_that_was_found(
    pair: Pair, tmp_path: Path
) -> None:
    subject = Subject(party="customs.uz", country="UZ", administration="Customs")
    new = self_signed(
        new_rsa_key(2048),
        subject,
        Purpose.ENCRYPTION,
        at=pair.clock(),
        lifetime=pair.kz.settings.retry.window * 50,
        random_bytes=DRAW,
    )
    found = re.compile(r'^encryption = """.*?"""', re.MULTILINE | re.DOTALL)
    entry = f'encryption = """\n{write_pem(new).decode()}"""'
    change_card(tmp_path, lambda card: found.sub(entry, card))
    pair.restart("kz")
    heard = listen(pair)
    pair.submit()
    pair.kz.sending.run()

    key = next(heard[0].draft.security.iter(f"{{{alg.XENC}}}EncryptedKey"))
    named = next(key.iter("{*}KeyIdentifier")).text
    assert alg.decode64(named) == key_identifier(new)
