"""The process's one pool of outgoing HTTP connections."""

import ssl

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

CONNECTIONS = 100
"""At most, to one host."""
TIMEOUT_S = 20.0
"""The longest that any one call may take; what answers people has shorter deadlines of its own."""


def create_session(ca_file: str | None = None) -> ClientSession:
    """A session that trusts the system's authorities and those in the file; to be made inside the event loop."""
    return ClientSession(
        # So many for each host: one that hangs does not take them from the others.
        connector=TCPConnector(limit=0, limit_per_host=CONNECTIONS, ssl=_trusting(ca_file) if ca_file else True),
        timeout=ClientTimeout(total=TIMEOUT_S),
        # One session speaks for many people and tenants: nothing may stick to it.
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": "chat-sync"},
    )


def _trusting(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(ca_file)
    return context
