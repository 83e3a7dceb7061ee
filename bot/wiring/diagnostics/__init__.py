"""The checks of `doctor`, in the order of the documentation.

Only `bot.wiring.command_line` uses this package.
"""

from bot.wiring.diagnostics.plan import TIMEOUT_S, setup_checks

__all__ = ["TIMEOUT_S", "setup_checks"]
