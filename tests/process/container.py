"""The image of Chat Sync, and processes in it.

No daemon and no cgroups are needed: buildah builds the image in a chroot, and util-linux runs it in namespaces. It
runs with the account, the environment, and the folder that the image names, and with a read-only root file system.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S
from tests.plugins.cleaner import VARIABLE
from tests.process.bot_process import ROOT, BotProcess
from tests.tiers import missing

PROGRAMS = "buildah", "mmdebstrap", "unshare"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_ENTER = """
set -e
root=$1 data=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind /dev "$root/dev"
mount --bind "$data" "$root/data"
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid="$user" --regid="$user" --clear-groups --bounding-set=-all --inh-caps=-all \
    --no-new-privs env --ignore-environment "$@"
"""
"""A script that becomes process 1 of the container. It mounts only what a read-only container has."""


def _in_namespaces(*command: str) -> list[str]:
    options = "--mount", "--pid", "--fork", "--propagation", "private"
    return ["unshare", *options, "sh", "-c", _ENTER, "enter", *command]


@dataclass(frozen=True)
class Image:
    """A built image whose file system is mounted."""

    root: Path
    config: Mapping[str, Any]
    size: int
    """Bytes of the files that the image adds to its base."""

    @property
    def user(self) -> int:
        user, _, group = self.config["User"].partition(":")
        assert user == group
        return int(user)

    def command(self, data: Path, settings: Mapping[str, str], program: Sequence[str]) -> list[str]:
        """Return the command that runs a program in the image as its user."""
        marked = {VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}
        environment = [*self.config["Env"], *(f"{name}={value}" for name, value in {**marked, **settings}.items())]
        start = f"--chdir={self.config['WorkingDir']}", *environment, *program
        return _in_namespaces(str(self.root), str(data), str(self.user), *start)

    def run(self, data: Path, settings: Mapping[str, str], *program: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        command = self.command(data, settings, program)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)

    def data_folder(self, path: Path) -> Path:
        """Create the folder of a volume, which belongs to the user of the image."""
        path.mkdir(mode=0o700)
        os.chown(path, self.user, self.user)
        return path


@contextmanager
def built_image(folder: Path) -> Iterator[Image]:
    """Build the base image from Debian's packages, and the image on it; remove both at the end."""
    for program in PROGRAMS:
        if shutil.which(program) is None or os.geteuid() != 0:
            missing(f"{program}, or root")
    builder = _Builder(folder)
    try:
        base = builder.import_base()
        yield builder.image(base)
    finally:
        builder.remove_all()


class _Builder:
    """Buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _run(self, *arguments: str) -> str:
        storage = "--root", str(self._folder / "storage"), "--runroot", str(self._folder / "run")
        done = subprocess.run(["buildah", *storage, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout.strip()

    def import_base(self) -> str:
        """Return the ID of an image with Debian's required packages."""
        archive = self._folder / "base.tar"
        made = ["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", str(archive)]
        subprocess.run(made, check=True, capture_output=True)
        container = self._run("from", "scratch")
        self._run("add", "--quiet", container, str(archive), "/")
        return self._run("commit", "--quiet", container).splitlines()[-1]

    def image(self, base: str) -> Image:
        """Build the image as documented, and mount its files."""
        # The builder downloads packages as this machine does.
        shutil.copy(AUTHORITIES, self._folder / "authorities.crt")
        (self._folder / "pip.conf").write_text("[global]\ncert = /run/authorities.crt\n", encoding="utf-8")
        mounts = {"authorities.crt": "/run/authorities.crt", "pip.conf": "/etc/pip.conf"}
        volumes = [f"--volume={self._folder / name}:{inside}:ro" for name, inside in mounts.items()]
        how = "--isolation", "chroot", "--format", "docker", "--layers=false", "--quiet", f"--build-arg=BASE={base}"
        file = str(ROOT / "docs/deploy/Dockerfile")
        built = self._run("bud", *how, *volumes, "--file", file, str(ROOT)).splitlines()[-1]
        config = json.loads(self._run("inspect", "--type", "image", built))["Docker"]["config"]
        root = Path(self._run("mount", self._run("from", built)))
        return Image(root, config, size=_bytes(root) - _bytes(Path(self._run("mount", self._run("from", base)))))

    def remove_all(self) -> None:
        """Unmount and remove everything."""
        self._run("umount", "--all")
        self._run("rm", "--all")
        self._run("rmi", "--all", "--force")


def _bytes(folder: Path) -> int:
    counted = subprocess.run(["du", "--summarize", "--bytes", folder], capture_output=True, text=True, check=True)
    return int(counted.stdout.split()[0])


@dataclass
class Container(BotProcess):
    """A process of the image. `folder` contains its log, and its volume."""

    image: Image = field(kw_only=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def first(self) -> int:
        """The ID of the container's first process, as this machine sees it."""
        (first,) = self._children()
        return first

    def _children(self) -> list[int]:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in children.read_text(encoding="utf-8").split()]

    def _started(self) -> subprocess.Popen[bytes]:
        command = self.image.command(self.data, self.settings, self.image.config["Entrypoint"])
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill the first process with SIGKILL, and with it all others in the container."""
        # The process changed its account, so it does not end together with its parent.
        if self.process and self.process.poll() is None:
            for each in self._children():
                os.kill(each, signal.SIGKILL)
        super().kill()

    def stop(self) -> int:
        """Send SIGTERM to the first process, as a container engine does, and return its exit status."""
        assert self.process
        os.kill(self.first, signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def is_healthy(self) -> bool:
        """Run the health check of the image beside the process."""
        kind, *check = self.image.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.image.run(self.data, self.settings, *check).returncode == 0

    def cpu_s(self) -> float:
        """Return the processor time that the first process has used."""
        fields = Path(f"/proc/{self.first}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
