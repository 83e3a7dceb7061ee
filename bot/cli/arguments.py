"""What can be written behind `python app.py`."""

import argparse

ROLES = ("all", "web", "worker", "sandbox")


def parser() -> argparse.ArgumentParser:
    """Without a command the process serves."""
    whole = argparse.ArgumentParser(
        prog="python app.py", description="Chat Sync: Teams group chats tied to Dynamics 365 records."
    )
    whole.add_argument("--role", choices=ROLES, help="what this process does (CHATSYNC_ROLE)")
    commands = whole.add_subparsers(dest="command", metavar="command")
    commands.add_parser("doctor", help="checks the settings and every system that they name")
    _add_outbox(
        commands.add_parser(
            "outbox", help="messages that Teams did not take, and chats that are not synced: list, retry or drop them"
        )
    )
    _add_dataverse(commands.add_parser("dataverse", help="the webhook in Dataverse: connect, status or disconnect"))
    return whole


def _add_dataverse(dataverse: argparse.ArgumentParser) -> None:
    acts = dataverse.add_subparsers(dest="act", metavar="act", required=True)
    what = {
        "connect": "registers the webhook and the steps that the settings ask for",
        "status": "says what is registered and what is not as it should be",
        "disconnect": "removes the webhook and its steps",
    }
    for act, help_text in what.items():
        parsed = acts.add_parser(act, help=help_text)
        parsed.add_argument("--environment", metavar="host", help="only this environment; else every one")
        if act != "status":
            parsed.add_argument("--dry-run", action="store_true", help="only say what would be done")


def _add_outbox(outbox: argparse.ArgumentParser) -> None:
    outbox.add_argument("--waiting", action="store_true", help="list the messages that wait to be sent instead")
    acts = outbox.add_subparsers(dest="act", metavar="act")
    for act, what in (("retry", "sends parked messages again"), ("drop", "gives parked messages up for good")):
        parsed = acts.add_parser(act, help=what)
        which = parsed.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", nargs="*", type=int, default=[], metavar="id", help="numbers from the list")
        which.add_argument("--all", action="store_true", help="every parked message")
