"""Chat Sync with other limits: `python -m tests.process.launch [<lease in seconds> <concurrent lanes>]`.

With arguments, rate limits are off, so that a test sends a large load in seconds. The process never searches for missed
changes: on a slow machine, the search would run in the middle of a test and report what events report too. Answers may
take long: on a slow machine, a command would otherwise end in the request to try again, which no test does.
"""

import sys
from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from bot.config.load import load_settings
from bot.domain.limits import Limits
from bot.logs import AccessLogger, configure_logging
from bot.wiring.application import make_app

if __name__ == "__main__":
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    limits = Limits(check_after=timedelta(days=1), answer_within_s=60)
    if len(sys.argv) > 1:
        lease, at_once = (int(argument) for argument in sys.argv[1:])
        limits = replace(limits, lease=timedelta(seconds=lease), concurrency=at_once, chat=(), tenant=None)
    web.run_app(
        make_app(settings, limits=limits),
        host=settings.host,
        port=settings.port,
        access_log_class=AccessLogger,
        print=None,
    )
