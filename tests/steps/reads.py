"""The reads of each transaction."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def repeated_reads() -> Iterator[list[str]]:
    """Collect each SELECT that a transaction executes again with the same parameters."""
    reads: dict[Connection, Counter[tuple[str, str]]] = {}
    repeated: list[str] = []

    def begin(connection: Connection) -> None:
        reads[connection] = Counter()

    def execute(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        read = (statement, repr(parameters))
        reads[connection][read] += 1
        if statement.startswith("SELECT") and reads[connection][read] == 2:
            repeated.append(f"{statement} {parameters}")

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "before_cursor_execute", execute)
    try:
        yield repeated
    finally:
        event.remove(Engine, "begin", begin)
        event.remove(Engine, "before_cursor_execute", execute)
