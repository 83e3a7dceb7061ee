"""Numbers of things in the English output of commands."""


def counted(count: int, noun: str) -> str:
    """Return the number with the noun: "1 step", "2 steps"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
