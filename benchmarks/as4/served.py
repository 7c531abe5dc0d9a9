"""`python -m benchmarks.as4.served ROLE FOLDER`: what runs in the processes of a measurement.

`door`: the listeners of a node and nothing behind them: messages are received and not filed.
`sender`: finished documents are packed, queued, and sent by the worker; see `_send`.
Both are the program's own parts as `exchange-node serve` puts them together. The passphrase comes
by the environment.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from exchange_node.config.logs import configure_logs
from exchange_node.domain.message import Exchange
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.node import Node, serving
from exchange_node.services.dispatch import MANIFEST
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.outgoing import Prepared
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.store.database import reading, transaction
from exchange_node.web.server import serve
from exchange_node.worker import Worker

PURPOSE = "TRANSIT_CONTROL"


def main() -> None:
    """Serve until told to stop."""
    role, folder = sys.argv[1:]
    configure_logs()
    with serving(Path(folder)) as node:
        {"door": _door, "sender": _send}[role](node)


def _door(node: Node) -> None:
    serve(node, lambda as4, api: _say({"as4": as4, "api": api}))


def _send(node: Node) -> None:
    """Send a document for each line of the input, until it ends: its message id and its file."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the end of the input ends it
    worker = Worker(node)
    worker.start()
    finished = finishing(node)
    contents = cache(lambda path: Path(path).read_bytes())

    def send(message_id: str, path: str) -> None:
        try:
            prepared = finished(message_id, contents(path))
            with transaction(node.engine) as conn:
                node.dispatch.packing.queue(conn, prepared)
            node.wake(f"sending {prepared.exchange.recipient}")
        except BaseException:  # noqa: BLE001 - it is written down, and ends the process
            # Whoever waits for this message would wait in vain.
            traceback.print_exc()
            os._exit(1)

    # Packing is work alone: more threads than processors would be in each other's way.
    with ThreadPoolExecutor(os.cpu_count()) as packers:
        _say({})
        for line in sys.stdin:
            packers.submit(send, *line.split())
    worker.stop()


def finishing(node: Node) -> Callable[[str, bytes], Prepared]:
    """Return what makes a message of an id and a finished document, ready to be queued."""
    packing, exchange = node.dispatch.packing, exchange_of(node)
    mode, partner = packing.modes[exchange.recipient], packing.partners[exchange.recipient]
    pmode = outgoing(exchange, mode)

    def finished(message_id: str, document: bytes) -> Prepared:
        at = node.clock()
        message = header_of(
            exchange,
            pmode,
            message_id=message_id,
            at=at,
            conversation_id="benchmark",
            document=document,
        )
        packed = pack(
            message,
            keys=packing.keys,
            partner=partner,
            random_bytes=packing.random_bytes,
            new_spool=packing.new_spool,
            compresses=mode.compresses,
        )
        return Prepared(
            message_id=message_id,
            exchange=exchange,
            pmode=pmode,
            conversation_id=message.conversation_id,
            ref_to_message_id="",
            sealed=document,
            packed=packed,
            at=at,
        )

    return finished


def exchange_of(node: Node) -> Exchange:
    """Return the exchange under which this node sends manifests to its one partner."""
    own = str(node.settings.administration.party)
    with reading(node.engine) as conn:
        agreements = [held.agreement for held in held_agreements(conn)]
    agreement, grant = next(
        (agreement, grant)
        for agreement in agreements
        for grant in agreement.grants
        if MANIFEST in grant.message_codes and grant.sender == own
    )
    return Exchange(
        sender=own,
        recipient=grant.recipient,
        code=MANIFEST,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        agreement_digest=agreement.digest,
        grant=grant.grant_id,
        purpose=PURPOSE,
        handling=grant.handling.value,
        test=agreement.test,
    )


def _say(what: dict[str, int]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
