"""End the reservation of TCP ports at the end of each test."""

from tests.tcp_ports import release_ports


def pytest_runtest_logfinish() -> None:
    """Release the ports of the test."""
    release_ports()
