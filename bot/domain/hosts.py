"""Hosts of web addresses."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether the host is this machine's own, reachable from nowhere else."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
