"""Hosts of web addresses."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Check whether the host is this machine, which other machines cannot reach."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
