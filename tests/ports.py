"""Ports for servers of tests.

Those that the system would choose are also those from which clients connect: until a server listens, another test's
client may have taken the port. These lie below, and those of tests that run side by side lie apart: a server may take
seconds to listen on what it was given.
"""

import itertools
import os
import socket

_FIRST, _COUNT = 20_000, 12_000
_APART = 97
"""So many ports lie between two runs that were started one after the other."""

_workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_own = _COUNT // _workers
_first = _FIRST + _worker * _own
_begin = os.getppid() * _APART % _own
_ports = itertools.cycle(_first + (_begin + number) % _own for number in range(_own))


def free_port() -> int:
    """A port of this machine that nobody listens on, and none that was given a moment ago."""
    return next(port for port in itertools.islice(_ports, _own) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
