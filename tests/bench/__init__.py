"""Speed of the product as ratios within one run: `python -m tests.bench`. See `docs/performance.md`."""
