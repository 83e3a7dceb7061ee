"""The same world as in the stories at the wire."""

from tests.wire.conftest import bare_world, connector, settings, world  # noqa: F401 - fixtures
