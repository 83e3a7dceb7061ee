"""Chat Sync with other limits: `python -m tests.process.launch [<lease in seconds> <concurrent lanes>]`.

With arguments, rate limits are off, so that a test sends a large load in seconds. The process never searches for missed
changes: on a slow machine, the search would run in the middle of a test and report what events report too. Answers may
take long: on a slow machine, a command would otherwise end in the request to try again, which no test does.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from bot.config.load import load_settings
from bot.domain.limits import Limits
from bot.logs import configure_logging
from bot.web.server import serve
from bot.wiring.application import make_app


async def main(limits: Limits) -> None:
    """Serve until the process is told to stop."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    app = await make_app(settings, limits=limits)
    await serve(app, settings.host, settings.port, limits.http, lambda: None)


if __name__ == "__main__":
    chosen = Limits(check_after=timedelta(days=1), answer_within_s=60)
    if len(sys.argv) > 1:
        lease, at_once = (int(argument) for argument in sys.argv[1:])
        chosen = replace(chosen, lease=timedelta(seconds=lease), concurrency=at_once, chat=(), tenant=None)
    asyncio.run(main(chosen))
