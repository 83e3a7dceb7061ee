"""Build the tracer from the settings."""

from bot.config.settings import Settings
from bot.domain.errors import NotSupported
from bot.tracing import NO_TRACER, Tracer


def build_tracer(settings: Settings) -> Tracer:
    """Return the tracer; raise `NotSupported` if its packages are not installed."""
    if settings.tracing is None:
        return NO_TRACER
    try:
        from bot.tracing.otlp import OtelTracer, batches_to
    except ModuleNotFoundError as error:
        raise NotSupported(
            "CHATSYNC_TRACING needs packages that are not installed.",
            "Run `uv sync --no-dev --group tracing`, or `pip install -r docs/deploy/requirements-tracing.txt`.",
        ) from error
    return OtelTracer(batches_to(settings.tracing, settings.ca_file), role=settings.role)
