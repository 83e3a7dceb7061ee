"""Command-line arguments of `python app.py`."""

import argparse
from pathlib import Path
from uuid import UUID

from bot.version import VERSION

ROLES = ("all", "web", "worker", "sandbox")


def parser() -> argparse.ArgumentParser:
    """Create the parser. Without a command, the process serves."""
    root = argparse.ArgumentParser(
        prog="python app.py", description="Chat Sync connects Teams chats to Dynamics 365 records."
    )
    root.add_argument("--role", choices=ROLES, help="the role of this process (CHATSYNC_ROLE)")
    root.add_argument("--version", action="version", version=f"Chat Sync {VERSION}")
    commands = root.add_subparsers(dest="command", metavar="command")
    commands.add_parser("doctor", help="check every system and explain how to fix what fails")
    _add_outbox(
        commands.add_parser(
            "outbox", help="list dead-lettered messages and chats that fail to sync; retry or drop messages"
        )
    )
    _add_dataverse(
        commands.add_parser(
            "dataverse", help="register the webhook or install the pane in Dataverse, show their state, or remove them"
        )
    )
    _add_database(
        commands.add_parser(
            "database", help="upgrade, check, or back up the database, or erase the data of a person or a tenant"
        )
    )
    return root


def _add_database(database: argparse.ArgumentParser) -> None:
    acts = database.add_subparsers(dest="act", metavar="action", required=True)
    acts.add_parser("upgrade", help="create the tables, or update them to this version")
    acts.add_parser("check", help="show whether the tables are those of this version")
    backup = acts.add_parser("backup", help="copy a SQLite database, also while Chat Sync runs")
    backup.add_argument("file", type=Path, help="the new file")
    forget = acts.add_parser("forget", help="erase the data of one person or one tenant")
    whose = forget.add_mutually_exclusive_group(required=True)
    whose.add_argument("--person", type=guid, metavar="object-id", help="object ID of the person in Microsoft Entra ID")
    whose.add_argument("--tenant", type=guid, metavar="tenant-id", help="ID of the tenant in Microsoft Entra ID")
    forget.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="text",
        help="with --person: another name or ID of the person; can be repeated",
    )
    forget.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="host",
        help="with --tenant: also erase the settings and events of this environment; can be repeated",
    )
    forget.add_argument("--dry-run", action="store_true", help="only count what would be erased")


def guid(text: str) -> str:
    """Return the GUID in lowercase; raise `ValueError` for other texts."""
    return str(UUID(text))


def _add_dataverse(dataverse: argparse.ArgumentParser) -> None:
    acts = dataverse.add_subparsers(dest="act", metavar="action", required=True)
    what = {
        "connect": "register the webhook and the steps that the settings require",
        "status": "show what is registered and what differs from the settings",
        "disconnect": "remove the webhook and its steps",
    }
    for act, help_text in what.items():
        _add_act(acts, act, help_text)
    pane = acts.add_parser("pane", help="install the commands that open the pane, show their state, or remove them")
    pane_acts = pane.add_subparsers(dest="pane_act", metavar="action", required=True)
    for act, help_text in (
        ("install", "install the web resources and commands, or update them"),
        ("status", "show what is installed and what differs from this version"),
        ("remove", "remove the web resources and commands"),
    ):
        _add_act(pane_acts, act, help_text)


def _add_act(acts: "argparse._SubParsersAction[argparse.ArgumentParser]", act: str, help_text: str) -> None:
    parsed = acts.add_parser(act, help=help_text)
    parsed.add_argument("--environment", metavar="host", help="only this environment; default: all")
    if act != "status":
        parsed.add_argument("--dry-run", action="store_true", help="only show what would be done")


def _add_outbox(outbox: argparse.ArgumentParser) -> None:
    outbox.add_argument("--waiting", action="store_true", help="list the messages that wait to be sent instead")
    acts = outbox.add_subparsers(dest="act", metavar="action")
    for act, what in (("retry", "send dead-lettered messages again"), ("drop", "discard dead-lettered messages")):
        parsed = acts.add_parser(act, help=what)
        which = parsed.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", nargs="*", type=int, default=[], metavar="id", help="numbers from the list")
        which.add_argument("--all", action="store_true", help="all dead-lettered messages")
