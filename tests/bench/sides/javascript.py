"""The JavaScript botbuilder, if Node.js and the package are installed."""

import json
import os
import shutil
from pathlib import Path

from tests.bench.samples import help_card, link_answer, record_name
from tests.fakes.sign_in import APP_ID, ISSUER

_HERE = Path(__file__).parent


def command() -> list[str] | None:
    """Return the command that runs it; None if it cannot run. `BENCH_NODE_MODULES` names the folder of its packages."""
    node = shutil.which("node")
    modules = Path(os.environ.get("BENCH_NODE_MODULES") or _HERE.parent / "node_modules")
    if node is None or not (modules / "botbuilder").is_dir():
        return None
    return [node, str(_HERE / "javascript.cjs"), str(modules)]


def known(certificate: Path, link: str) -> dict[str, str]:
    """Return what it needs to know apart from its addresses."""
    answer = link_answer(link, record_name(0), "CAS-01001")
    facts = {"APP_ID": APP_ID, "ISSUER": ISSUER, "LINK": answer, "HELP": help_card()}
    return {"BENCH_KNOWN": json.dumps(facts), "NODE_EXTRA_CA_CERTS": str(certificate)}
