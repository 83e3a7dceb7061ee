"""How fast the product is, as ratios taken in one run: `python -m tests.bench`. See `docs/performance.md`."""
