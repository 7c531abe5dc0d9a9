"""Coverage-guided fuzzing of every parser: `python -m tests.fuzz [NAME …]`, or `make fuzz`.

Each target runs for FUZZ_SECONDS in a process of its own, forked from this one. What the fuzzer
finds stays in `.fuzz/` and is where the next run begins. An input that brings out anything but an
error of ours, takes too long or too much memory ends its target, and the whole run fails with the
name of the input's file; `python -m tests.fuzz NAME FILE` tries that one again, without the fuzzer.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, redirect_stderr
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path

from tests.fuzz.target import Target

SECONDS = int(os.environ.get("FUZZ_SECONDS", "5"))
FOLDER = Path(os.environ.get("FUZZ_FOLDER", ".fuzz"))
AT_ONCE = min(2, os.cpu_count() or 1)
LONGEST_INPUT_SECONDS = 10
MOST_MEMORY_MB = 1_024
MOST_BYTES = 40_000


def targets(*, watched: bool) -> Mapping[str, Target]:
    """Return the targets; `watched`: the package's own code counts what it runs through."""
    with ExitStack() as stack:
        if watched:
            import atheris

            stack.enter_context(redirect_stderr(io.StringIO()))  # a line for each module
            stack.enter_context(atheris.instrument_imports(include=["exchange_node"]))
        found: Mapping[str, Target] = import_module("tests.fuzz.targets").TARGETS
        return found


def fuzz(target: Target, folder: Path) -> None:
    """Let the fuzzer go on from the seeds and from what it found before; it ends the process."""
    import atheris

    def keep(data: bytes) -> None:
        """Feed one input; what breaks the parser is kept in a file."""
        try:
            target.take(data)
        except BaseException:
            found = folder / f"broken-{hashlib.sha256(data).hexdigest()[:16]}"
            found.write_bytes(data)
            print(f"again: python -m tests.fuzz {target.name} {found}", flush=True)
            raise

    given = [f"-dict={folder / 'words'}"] if target.words else []
    log = os.open(folder / "log", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(log, stream)
    atheris.Setup(
        [
            target.name,
            str(folder / "found"),
            str(folder / "seeds"),
            f"-artifact_prefix={folder}/",
            *given,
            f"-max_total_time={SECONDS}",
            f"-timeout={LONGEST_INPUT_SECONDS}",
            f"-rss_limit_mb={MOST_MEMORY_MB}",
            f"-max_len={MOST_BYTES}",
            "-print_final_stats=1",
        ],
        keep,
    )
    atheris.Fuzz()


def prepared(target: Target) -> Path:
    """Write what the fuzzer begins from; return the target's folder."""
    folder = FOLDER / target.name
    for name in ("seeds", "found"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (folder / "seeds" / f"{number:03d}").write_bytes(seed)
    lines = ['"' + "".join(f"\\x{octet:02x}" for octet in word) + '"' for word in target.words]
    (folder / "words").write_text("\n".join(lines), encoding="ascii")
    return folder


def outcomes(chosen: list[Target]) -> Iterator[tuple[str, bool, str]]:
    """Run the targets, some at once; yield name, whether nothing was found, and what was said."""
    forking = multiprocessing.get_context("fork")
    waiting = list(chosen)
    running: list[tuple[Target, ForkProcess, Path, float]] = []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            target = waiting.pop(0)
            folder = prepared(target)
            process = forking.Process(target=fuzz, args=(target, folder))
            process.start()
            end = time.monotonic() + SECONDS + 4 * LONGEST_INPUT_SECONDS
            running.append((target, process, folder, end))
        time.sleep(0.1)
        for each in running[:]:
            target, process, folder, end = each
            if process.is_alive() and time.monotonic() > end:
                process.kill()  # stuck where not even the fuzzer's own alarm is heard
            if not process.is_alive():
                process.join()
                running.remove(each)
                said = (folder / "log").read_text("utf-8", "replace")
                yield target.name, process.exitcode == 0, said


def _line(name: str, said: str, *, is_sound: bool) -> str:
    inputs = re.search(r"stat::number_of_executed_units: (\d+)", said)
    reached = max(map(int, re.findall(r"cov: (\d+)", said)), default=0)
    word = "sound" if is_sound else "FAILED"
    return f"{name:12} {word:7}{inputs[1] if inputs else '?':>9} inputs{reached:>7} edges"


def main(arguments: list[str]) -> int:
    """Fuzz the named targets, or all; or feed one file again. Return the exit status."""
    if len(arguments) == 2 and Path(arguments[1]).is_file():
        taken = targets(watched=False)[arguments[0]].take(Path(arguments[1]).read_bytes())
        print("taken" if taken else "refused with an error of ours")
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("SKIPPED: the coverage-guided fuzzer is not to be had for this Python and platform")
        return 0
    every = targets(watched=True)
    chosen = [every[name] for name in arguments] or list(every.values())
    failed = []
    for name, is_sound, said in outcomes(chosen):
        print(_line(name, said, is_sound=is_sound), flush=True)
        if not is_sound:
            failed.append((name, said))
    for name, said in failed:
        print(f"\n---- {name}\n{said[-4_000:]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
