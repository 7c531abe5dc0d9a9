"""`python -m benchmarks.as4.nodes.served ROLE FOLDER`: what runs in the processes of a measurement.

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
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from benchmarks.as4.nodes.messages import Messages
from exchange_node.config.logs import configure_logs
from exchange_node.node import Node, serving
from exchange_node.store.database import transaction
from exchange_node.web.server import serve
from exchange_node.worker import Worker


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
    messages = Messages(node)
    contents = cache(lambda path: Path(path).read_bytes())

    def send(message_id: str, path: str) -> None:
        try:
            prepared = messages.finished(message_id, contents(path))
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


def _say(what: dict[str, int]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
