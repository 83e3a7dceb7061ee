"""Write the dashboard and the alert rules after a change of metrics: `python -m tests.monitoring`."""

import asyncio

from tests.monitoring.files import generated


def main() -> None:
    """Write the files in `docs/deploy`."""
    for path, content in asyncio.run(generated()).items():
        path.write_text(content, encoding="utf-8")
        print(f"{path.name}: {len(content.splitlines())} lines")  # noqa: T201


if __name__ == "__main__":
    main()
