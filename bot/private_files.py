"""Files that only the account of the process can read and write. On Windows, the permissions of the folder apply."""

import os
from contextlib import suppress
from pathlib import Path

_OWNER_ONLY = 0o600
_OTHERS = 0o077


def private_opener(path: str, flags: int) -> int:
    """Open a file, and create it with access for its owner only. For the argument `opener` of `open`."""
    return os.open(path, flags, _OWNER_ONLY)


def create_private(file: Path) -> None:
    """Create an empty file with access for its owner only, unless it exists. Raise OSError if that is impossible."""
    # An existing database must not be opened: closing it would end the locks that this process holds on it.
    with suppress(FileExistsError):
        os.close(private_opener(str(file), os.O_CREAT | os.O_EXCL | os.O_WRONLY))


def restrict(file: Path) -> bool:
    """Take away the access of others to a file, if it exists; return False if another account owns the file."""
    try:
        if file.stat().st_mode & _OTHERS:
            file.chmod(_OWNER_ONLY)
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return True
