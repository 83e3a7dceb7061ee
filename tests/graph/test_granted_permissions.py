"""The permissions in an access token of Microsoft Graph, which is not ours to read: odd ones are no error."""

import base64

import jwt
import pytest

from bot.graph.granted_permissions import granted_permissions

KEY = "a-key-that-is-long-enough-for-a-signature"


def test_the_application_permissions_are_read() -> None:
    token = jwt.encode({"roles": ["User.Read.All", 5, "Chat.Create"]}, KEY, "HS256")
    assert granted_permissions(token) == frozenset({"User.Read.All", "Chat.Create"})
    assert granted_permissions(jwt.encode({"sub": "it"}, KEY, "HS256")) == frozenset()


def part(content: bytes) -> str:
    return "header." + base64.urlsafe_b64encode(content).decode()


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "opaque",
        "a.b",
        "a.!.c",
        "a.ü.c",
        part(b"[]"),
        part(b"5"),
        part(b'{"roles": "all"}'),
        part(b"\xff"),
        part(b"{"),
    ],
)
def test_a_token_of_another_kind_tells_nothing(token: str | None) -> None:
    assert granted_permissions(token) is None
