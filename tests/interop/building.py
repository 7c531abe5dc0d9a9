"""Sources of the Java peer → a class path that runs it, built when it is older than they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "phase4"
TARGET = SOURCES / "target"
JAR = TARGET / "phase4-peer-1.jar"
LIBRARIES = TARGET / "libraries"
REQUIRED = "EXCHANGE_NODE_REQUIRE_INTEROP"
BUILD_SECONDS = 600


def missing_tools() -> list[str]:
    """Return what is not on this machine and has to be."""
    wanted = {"a JDK": "javac", "a Java": "java", "Maven": "mvn"}
    return [name for name, command in wanted.items() if shutil.which(command) is None]


def is_required() -> bool:
    """Whether a missing tool is a failure, and not a reason to skip."""
    return bool(os.environ.get(REQUIRED))


def class_path() -> str:
    """Return the class path, built first where that is needed."""
    sources = [SOURCES / "pom.xml", *(one for one in (SOURCES / "src").rglob("*") if one.is_file())]
    newest = max(one.stat().st_mtime for one in sources)
    if not JAR.exists() or JAR.stat().st_mtime < newest or not LIBRARIES.is_dir():
        _build()
    return os.pathsep.join((str(JAR), str(LIBRARIES / "*")))


def _build() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    done = subprocess.run(
        [
            "mvn",
            "--quiet",
            "--batch-mode",
            "package",
            "dependency:copy-dependencies",
            f"-DoutputDirectory={LIBRARIES}",
        ],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Maven could not build the peer:\n{done.stdout}\n{done.stderr}")
