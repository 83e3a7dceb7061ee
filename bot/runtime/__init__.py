"""Building blocks that need only the clock and the event loop: cache, single flight, backoff."""
