"""TCP ports for servers of tests.

The ports that the system chooses are also those from which clients connect: before a server listens, another test's
client may have taken its port. These lie below. A port stays reserved until its test ends, also for runs of other
clones: a socket that is bound and does not listen keeps it, and lets a server on this machine listen on it.
"""

import itertools
import os
import socket

_FIRST, _COUNT = 20_000, 12_000

_ports = itertools.cycle(range(_FIRST, _FIRST + _COUNT))
for _ in range(os.getpid() * 97 % _COUNT):
    next(_ports)
_of_the_test: list[socket.socket] = []
_of_the_session: list[socket.socket] = []


def free_port(*, for_the_session: bool = False) -> int:
    """Return a port of this machine that is free, and reserve it until the end of the test, or of the session."""
    holders = _of_the_session if for_the_session else _of_the_test
    for port in itertools.islice(_ports, _COUNT):
        holder = _reserve(port)
        if holder:
            holders.append(holder)
            return port
    raise RuntimeError("no port is free")


def release_ports() -> None:
    """End the reservations. Servers that listen go on."""
    while _of_the_test:
        _of_the_test.pop().close()


def _reserve(port: int) -> socket.socket | None:
    holder = socket.socket()
    try:
        # Without SO_REUSEADDR, which would also be given a port that others reserved.
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        return None
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return holder
