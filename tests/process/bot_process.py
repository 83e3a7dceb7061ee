"""Chat Sync as operators run it: `python app.py` in a separate process."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from tests.patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
AS_SHIPPED = (str(ROOT / "app.py"),)
"""The program that people run, which searches for missed changes seconds after its start."""
_INCIDENTS = "/sandbox/api/data/v9.2/incidents"


@dataclass
class BotProcess:
    """A process that tests can start, call, and kill."""

    folder: Path
    settings: dict[str, str]
    session: ClientSession
    program: tuple[str, ...] = ("-m", "tests.process.launch")
    """The program that Python runs, with its arguments."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['PORT']}"

    @property
    def log(self) -> str:
        """Return everything that the process has written since its first start."""
        return (self.folder / "log").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = self._started()
        try:
            await until(self._answers)
        except BaseException:
            self.kill()
            raise

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATSYNC_")}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self.program],
                cwd=self.folder,
                env={**environment, "PYTHONPATH": str(ROOT), **self.settings},
                stdout=log,
                stderr=log,
            )

    async def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log
        try:
            async with self.session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except ClientError:
            return False

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Stop the process gracefully and return its exit status."""
        assert self.process
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    async def post(self, activity: dict[str, Any]) -> int:
        """Post an activity and return the status."""
        async with self.session.post(f"{self.url}/api/messages", json=activity) as answer:
            return answer.status

    async def save(self, case: str, values: dict[str, Any]) -> None:
        """Save a case of the sandbox, found by its number."""
        url = f"{self.url}{_INCIDENTS}({await self.row(case)})"
        async with self.session.patch(url, json=values) as answer:
            assert answer.status == 204, await answer.text()

    async def row(self, case: str) -> str:
        """Return the row ID of a case of the sandbox."""
        query = {"$filter": f"ticketnumber eq '{case}'"}
        async with self.session.get(f"{self.url}{_INCIDENTS}", params=query) as answer:
            (row,) = (await answer.json())["value"]
            row_id: str = row["incidentid"]
            return row_id
