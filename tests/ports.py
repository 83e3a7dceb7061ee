"""Ports for servers of tests.

Those that the system would choose are also those from which clients connect: until a server listens, another test's
client may have taken the port. These lie below, and each process begins at a place of its own.
"""

import itertools
import os
import socket

_FIRST, _COUNT = 20_000, 12_000
_APART = 97
"""So many ports lie between two processes that were started one after the other."""

_begin = os.getpid() * _APART % _COUNT
_ports = itertools.cycle(_FIRST + (_begin + number) % _COUNT for number in range(_COUNT))


def free_port() -> int:
    """A port of this machine that nobody listens on, and none that was given a moment ago."""
    return next(port for port in itertools.islice(_ports, _COUNT) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
