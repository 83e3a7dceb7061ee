"""Measured processes, and processes around them, each on its own core."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.tcp_ports import free_port

ROOT = Path(__file__).parents[2]
PRODUCT = Path(os.environ.get("BENCH_PRODUCT", ROOT))
"""The checkout of the measured product, whose bench programs may be others than these."""
CORES = sorted(os.sched_getaffinity(0))
MEASURED = {CORES[0]}
"""The core of the measured process."""
AROUND = set(CORES[1:]) or MEASURED
"""The cores of everything else: the load, the fake world, databases."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """A process that is started and stopped here."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        cores: set[int] = MEASURED,
        pinned: bool = False,
    ) -> None:
        self.port = free_port()
        self.log = folder / f"log-{self.port}"
        named = {**environment, "PORT": str(self.port)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=folder, env={**_inherited(), **named}, stdout=log, stderr=log)
        self._cores = cores
        if pinned:
            self.pin()

    def wait_until_ready(self, path: str = "/healthz") -> None:
        """Wait until the server answers and is on its core; raise with its log if it does not start."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                if ask(self.port, "GET", path)[0] == 200:
                    self.pin()
                    return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(self.last_words())

    def pin(self) -> None:
        """Pin each of its threads to its core, including later ones."""
        for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), self._cores)

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(encoding="utf-8")[-4000:]

    def cpu_s(self) -> float:
        """Return the seconds of user and system time of all its threads so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        """Return the resident memory in megabytes."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        """Stop the process: first with SIGTERM, then with SIGKILL."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of the bench."""
    return [sys.executable, "-m", f"tests.bench.{name}", *arguments]


@contextmanager
def running(
    command: list[str], folder: Path, environment: Mapping[str, str], *, cores: set[int] = MEASURED
) -> Iterator[Child]:
    """Run a server from its first answer until the end of the block."""
    with started(command, folder, environment, cores=cores) as child:
        child.wait_until_ready()
        yield child


@contextmanager
def started(
    command: list[str], folder: Path, environment: Mapping[str, str], *, cores: set[int] = MEASURED
) -> Iterator[Child]:
    """Run a server until the end of the block, without waiting for its first answer, so that several start at once."""
    child = Child(command, folder, environment, cores=cores)
    try:
        yield child
    finally:
        child.stop()


def result_of(command: list[str], folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object in the last line of a process that measures itself."""
    with subprocess.Popen(
        command, cwd=folder, env={**_inherited(), **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.sched_setaffinity(process.pid, MEASURED)
        out, err = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(err.decode()[-4000:])
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def ask(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """Return the status and JSON of an answer on this machine; None for text that is not JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        named = {"Content-Type": "application/json", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), named)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(content)
    except ValueError:
        return answer.status, None


def _inherited() -> dict[str, str]:
    """Return this process's environment without the product's settings, which each child gets one by one.

    Children keep compiled modules, as in production. Otherwise a cold start would mostly measure the compiler.
    """
    ours = ("CHATSYNC_", "MicrosoftApp", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(ROOT)}
