"""`python -m benchmarks.large [MB …]`: the memory of two nodes while a large attachment crosses.

Two nodes are served as processes of their own, with TLS between them and SQLite on disk; the
declaration and its file are handed to the one over the API, sealed, packed, posted, receipted,
filed at the other and answered. Each process's resident memory is sampled all the while, and the
kernel's own high-water mark is read at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.documents import facts_for, sample_declaration
from exchange_node import node as nodes
from exchange_node.domain.access import Role
from exchange_node.rehearsal.pair import Pair, Running, commission, started

RESULTS = Path(__file__).resolve().parent / "results"
MEGABYTE = 1_000_000
SIZES = (100, 300)
MOST_SECONDS = 600
SAMPLE_SECONDS = 0.02
HEAD = ("attachment", "node", "idle", "most", "above idle", "seconds")


@dataclass
class Watched:
    """One process: its memory when nothing was going on, and the most it had since."""

    name: str
    pid: int
    idle: float = 0.0
    sampled: float = field(default=0.0, repr=False)

    def begin(self) -> None:
        """Note what it has now, and let the kernel's mark start anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")
        self.idle = self.sampled = self.of("VmRSS")

    def sample(self) -> None:
        """Look once."""
        self.sampled = max(self.sampled, self.of("VmRSS"))

    @property
    def most(self) -> float:
        """The most it ever had since `begin`, in megabytes."""
        return max(self.sampled, self.of("VmHWM"))

    def of(self, name: str) -> float:
        """Return one line of the kernel's account, in megabytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / MEGABYTE
        raise SystemExit(f"the kernel tells nothing of {name}")


def main() -> None:
    """Measure what the command line names, print the table, write results/large.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="MB")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    asked.results.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, str | float]] = []
    # Not under /tmp, which may be memory.
    with tempfile.TemporaryDirectory(dir=asked.results, prefix="nodes-") as folder:
        pair = commission(Path(folder), sender="KZ", recipient="UZ")
        _permit_attachments(pair)
        with started(pair):
            watched = [_watched(one) for one in (pair.sender, pair.recipient)]
            _cross(pair, 1, None)  # what is imported when it is first needed belongs to the idle
            for number, size in enumerate(asked.sizes, start=2):
                rows += _measure(pair, watched, number, size, Path(folder))
    (asked.results / "large.json").write_text(f"{json.dumps(rows, indent=2)}\n", encoding="utf-8")
    print(f"| {' | '.join(HEAD)} |")
    print(f"|---|---|{'---:|' * (len(HEAD) - 2)}")
    for row in rows:
        print(
            f"| {row['attachment_mb']} MB | {row['node']} | {row['idle_mb']:.0f} MB |"
            f" {row['most_mb']:.0f} MB | {row['above_mb']:.0f} MB | {row['seconds']:.0f} |"
        )


def _permit_attachments(pair: Pair) -> None:
    text = nodes.pair_agreement("KZ", "UZ").replace("version = 1", "version = 2")
    text = text.replace("\nmode =", "\nattachments = true\nmode =")
    for one in (pair.sender, pair.recipient):
        with nodes.opened(one.folder, passphrase=one.passphrase) as node:
            node.commissioning.add_agreement(text, actor="benchmark")


def _watched(one: Running) -> Watched:
    if one.process is None:
        raise SystemExit(f"{one.party} does not run")
    return Watched(name=one.party, pid=one.process.pid)


def _measure(
    pair: Pair, watched: list[Watched], number: int, size: int, folder: Path
) -> list[dict[str, str | float]]:
    file = folder / f"{size}.bin"
    draw = random.Random(size)  # noqa: S311 - incompressible, and the same in every run
    with file.open("wb") as out:
        for _ in range(size):
            out.write(draw.randbytes(MEGABYTE))
    time.sleep(1)
    begun = time.monotonic()
    with _sampling(watched):
        _cross(pair, number, file)
    seconds = time.monotonic() - begun
    file.unlink()
    return [
        {
            "attachment_mb": size,
            "node": "sends" if one is watched[0] else "receives",
            "idle_mb": round(one.idle, 1),
            "most_mb": round(one.most, 1),
            "above_mb": round(one.most - one.idle, 1),
            "seconds": round(seconds, 1),
        }
        for one in watched
    ]


@contextmanager
def _sampling(watched: list[Watched]) -> Iterator[None]:
    for one in watched:
        one.begin()
    done = threading.Event()

    def sample() -> None:
        while not done.wait(SAMPLE_SECONDS):
            for one in watched:
                one.sample()

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield
    finally:
        done.set()
        sampler.join()


def _cross(pair: Pair, number: int, file: Path | None) -> None:
    """Submit over the API, wait for the partner's answer, fetch the file there and compare."""
    body = {
        "to": pair.recipient.party,
        "declaration": sample_declaration().decode(),
        "facts_text": facts_for(number),
    }
    headers = {"Authorization": f"Bearer {pair.sender.tokens[Role.SUBMITTER]}"}
    with httpx.Client(
        base_url=pair.sender.api_url, headers=headers, timeout=MOST_SECONDS, trust_env=False
    ) as client:
        if file is None:
            taken = client.post("/api/v1/submissions", json=body)
        else:
            with file.open("rb") as content:
                taken = client.post(
                    "/api/v1/submissions/with-files",
                    files={
                        "submission": ("", json.dumps(body).encode(), "application/json"),
                        "file": (file.name, content, "application/octet-stream"),
                    },
                )
        if taken.is_error:
            raise SystemExit(taken.text)
        path = f"/api/v1/submissions/{taken.json()['submission_id']}"
        end = time.monotonic() + MOST_SECONDS
        while (seen := client.get(path).json())["state"] != "accepted":
            is_over = seen["state"] in ("rejected", "failed", "refused")
            if is_over or time.monotonic() > end:
                raise SystemExit(json.dumps(seen, indent=2))
            time.sleep(0.2)
    if file is not None:
        _compare(pair.recipient, file)


def _compare(one: Running, file: Path) -> None:
    headers = {"Authorization": f"Bearer {one.tokens[Role.BORDER_POST]}"}
    with httpx.Client(
        base_url=one.api_url, headers=headers, timeout=MOST_SECONDS, trust_env=False
    ) as client:
        (arrival,) = client.get("/api/v1/prearrival", params={"limit": 1}).json()["arrivals"]
        path = f"/api/v1/manifests/{arrival['number']}/attachments/1"
        with client.stream("GET", path) as given, file.open("rb") as sent:
            if given.is_error:
                raise SystemExit(f"{path}: {given.status_code}")
            for chunk in given.iter_raw():
                if chunk != sent.read(len(chunk)):
                    raise SystemExit("what arrived is not what was sent")
            if sent.read(1):
                raise SystemExit("what arrived is cut off")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
