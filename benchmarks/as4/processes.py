"""A process with its children → seconds of processor and the most memory, as the kernel counts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_AFTER_NAME = 2
"""/proc/PID/stat, man 5 proc: the fields after the name begin with the third."""
_UTIME, _CSTIME = 14, 17


@dataclass
class Watched:
    """One process of a run, and those it started."""

    name: str
    process: subprocess.Popen[str] = field(repr=False)

    def cpu_seconds(self) -> float:
        """Return what it took of the processor since it began, children included."""
        return sum(_ticks(pid) for pid in self._pids()) / _TICKS

    def forget_peak(self) -> None:
        """Let the kernel's mark of the most memory start anew."""
        for pid in self._pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")

    def peak_mb(self) -> float:
        """Return the most memory since then; what children share with it counts for each."""
        return sum(_high_water(pid) for pid in self._pids())

    def require_alive(self) -> None:
        """Stop the run if the process ended."""
        if self.process.poll() is not None:
            raise SystemExit(f"{self.name} ended: {self.process.returncode}")

    def _pids(self) -> Iterator[int]:
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, _text(children).split())


def _ticks(pid: int) -> int:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[_UTIME - 1 - _AFTER_NAME : _CSTIME - _AFTER_NAME]))


def _high_water(pid: int) -> float:
    for line in _text(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _text(path: Path) -> str:
    """Return a file of /proc; nothing where the process is gone."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
