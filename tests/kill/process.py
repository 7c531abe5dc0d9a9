"""One node as a process that can be killed at a mark: a line of its log, a call, its start."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from exchange_node.config.settings.passphrase import environment_with

START_SECONDS = 90
PORT_TRIES = 5


class DoesNotStartError(AssertionError):
    """A node that nobody has killed ended, or said nothing, while it started."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a node did or was asked, with the moment on the test's clock."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Strike:
    """A kill: so many seconds after a mark was passed for the n-th time."""

    mark: str
    nth: int
    delay: float


@dataclass
class Serving:
    """`exchange-node serve` in a folder, watched through its log.

    Attributes:
        passed: called whenever the node has said or was asked something, and when it has ended.
        marks: what it said and was asked since `arm`.
        kills: at which marks it was killed.
        faults: lines of its log that tell of an error, or are no JSON.
    """

    folder: Path
    passphrase: str
    passed: Callable[[], None] = lambda: None
    api_url: str = ""
    marks: list[Mark] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    start_seconds: float = 0.0
    _log: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None
    _strikes: list[Strike] = field(default_factory=list)
    _timers: list[threading.Timer] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """The last lines that the node wrote."""
        return "".join(self._log[-25:])

    def start(self, *, kill_after: float | None = None) -> bool:
        """Start it and wait until it listens; return False where it was killed before that."""
        for _ in range(PORT_TRIES):
            begun = time.monotonic()
            kills = len(self.kills)
            process = self._begun()
            if kill_after is not None:
                self.kill_soon(kill_after, "start")
            if self._is_ready(process):
                self.start_seconds = time.monotonic() - begun
                return True
            said = self.log
            self._ended()
            if len(self.kills) > kills:
                return False
            if "in use" not in said:  # a port can be anybody's while a killed node is down
                break
        raise DoesNotStartError(self.log or "it said nothing")

    def _begun(self) -> subprocess.Popen[str]:
        self._ended()
        process = subprocess.Popen(
            [sys.executable, "-m", "exchange_node", "--folder", str(self.folder), "serve"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment_with(self.passphrase),
            text=True,
        )
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._reader.start()
        return process

    def _is_ready(self, process: subprocess.Popen[str]) -> bool:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        line = process.stdout.readline() if ready else ""
        if not line.startswith("{"):
            if not ready:
                process.kill()
                raise DoesNotStartError(f"nothing in {START_SECONDS} s: {self.log}")
            return False
        self.api_url = f"http://127.0.0.1:{json.loads(line)['api']}"
        return True

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._log.append(line)
            said = _said(line)
            if said:
                parts = (said.get(name, "") for name in ("event", "code", "state"))
                self.mark(" ".join(part for part in parts if part))
            if line.endswith("\n") and said.get("level", "error") in ("error", "critical"):
                self.faults.append(line)
        self.passed()

    def mark(self, name: str) -> None:
        """Note that something happened, and kill the node if it was to be killed then."""
        with self._lock:
            self.marks.append(Mark(name, time.monotonic()))
            times = sum(one.name == name for one in self.marks)
            due = [one for one in self._strikes if one.mark in (name, "*") and one.nth <= times]
            for one in due:
                self._strikes.remove(one)
                self.kill_soon(one.delay, name)
        self.passed()

    def arm(self, *strikes: Strike) -> None:
        """Forget the marks so far and wait for these; the mark `*` is whatever comes next."""
        with self._lock:
            self.marks.clear()
            self._strikes += strikes

    def kill_next(self, delay: float) -> None:
        """Kill the node so long after the next thing it does."""
        with self._lock:
            self._strikes.append(Strike("*", 0, delay))

    def kill_soon(self, delay: float, where: str) -> None:
        """Kill the process that runs now after so many seconds; it is counted under `where`."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        timer = threading.Timer(delay, self._kill, (process, where))
        with self._lock:
            self._timers.append(timer)
            timer.start()

    def _kill(self, process: subprocess.Popen[str], where: str) -> None:
        if process.poll() is None:
            self.kills.append(where)
            process.kill()

    def strike_out(self) -> None:
        """Let every kill that is under way happen; one whose mark never came happens now."""
        with self._lock:
            if self._strikes:
                self.kill_soon(0, "rest")
            self._strikes.clear()
            timers, self._timers = self._timers, []
        for timer in timers:
            timer.join()

    def stop(self) -> int:
        """Ask the node to stop and return its exit code."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        return self._ended()

    def close(self) -> None:
        """Leave nothing behind, whatever has happened."""
        while self._timers:
            timer = self._timers.pop()
            timer.cancel()
            timer.join()
        if self._process is not None:
            self._process.kill()
        self._ended()

    def _ended(self) -> int:
        """Wait for the end of the process and of its log; return the exit code."""
        process, reader = self._process, self._reader
        if process is None or reader is None:
            return 0
        try:
            code = process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        reader.join()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        self._process = self._reader = None
        return code


def _said(line: str) -> dict[str, str]:
    """Return a line of the log; nothing where it is none, or was cut off by the kill."""
    with contextlib.suppress(ValueError):
        said = json.loads(line)
        if isinstance(said, dict):
            return said
    return {}
