"""The pool of outgoing HTTP connections of the process."""

import ssl
from functools import cache

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from bot.domain.errors import BadRequest

CONNECTIONS = 100
"""Maximum number of connections to one host."""
TIMEOUT_S = 20.0
"""Maximum time of any call; calls that answer users have shorter deadlines."""


def create_session(ca_file: str | None = None) -> ClientSession:
    """Create a session that trusts the system's authorities and those in the file; requires a running event loop.

    Raise `BadRequest` if the file is not readable.
    """
    return ClientSession(
        # The limit applies to each host: a host that hangs must not use up the connections of the others.
        connector=TCPConnector(limit=0, limit_per_host=CONNECTIONS, ssl=_ssl_context(ca_file) if ca_file else True),
        timeout=ClientTimeout(total=TIMEOUT_S),
        # One session serves many users and tenants, so it must store no cookies.
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": "chat-sync"},
    )


@cache
def _ssl_context(ca_file: str) -> ssl.SSLContext:
    """Return the context of the file, which all sessions share: reading the system's authorities takes 40 ms."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:
        raise BadRequest(
            "CHATSYNC_CA_FILE does not contain readable certificates.", "Use a file with certificates in PEM format."
        ) from error
    return context
