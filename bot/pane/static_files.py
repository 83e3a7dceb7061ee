"""Static files of the pane, below a digest of their content, so that browsers can keep them for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFiles:
    """The content of the files by path, and the digest of all of them."""

    files: Mapping[str, bytes]
    digest: str


STATIC_FILES = web.AppKey("STATIC_FILES", StaticFiles)


def load_static_files() -> StaticFiles:
    """Read the files once at the start."""
    paths = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    files = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in paths}
    digest = sha256(repr(files).encode()).hexdigest()
    return StaticFiles(files=files, digest=digest[:20])


async def static_file(request: web.Request) -> web.Response:
    """Return the file. Only the present digest has files, so that a page never mixes two versions."""
    static, name = request.app[STATIC_FILES], request.match_info["name"]
    content = static.files.get(name) if request.match_info["digest"] == static.digest else None
    if content is None:
        return web.Response(status=HTTPStatus.NOT_FOUND)
    kind = _TYPES[name[name.rindex(".") :]]
    return web.Response(body=content, content_type=kind, charset="utf-8", headers={"Cache-Control": _FOR_GOOD})
