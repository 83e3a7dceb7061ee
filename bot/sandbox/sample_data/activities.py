"""Sample emails, tasks, and notes."""

from collections.abc import Sequence

from bot.sandbox.sample_data.customers import OWNERS
from bot.sandbox.sample_data.ids import ADELE, ISAIAH, MEGAN, PUMPS_CHANNEL_ID, TEAMS_TEAM_ID, user
from bot.sandbox.sample_data.sample_builder import SampleBuilder, moment
from bot.sandbox.sample_data.service import Customers, case_title
from bot.sandbox.sample_data.words import IMAGE, PRODUCTS, TASKS, pick
from bot.sandbox.values import Ref

EMAILS = 32
TASK_ROWS = 30
NOTES = 12
COLLABORATION_CASE = 6
"""Position of the case with a channel that Dynamics 365 connected, starting at 1."""

_SENDER, _TO, _CC = 1, 2, 3
_AGENTS = (ADELE, ISAIAH, MEGAN)


def add_emails(builder: SampleBuilder, customers: Customers, cases: Sequence[Ref]) -> None:
    """Add the emails with their activity parties."""
    for number in range(1, EMAILS + 1):
        outgoing = number % 2 == 0
        agent, contact = user(_AGENTS[number % 3]), customers.contacts[number % len(customers.contacts)]
        email = builder.add(
            "email",
            number,
            subject=f"{'Re: ' if outgoing else ''}{case_title(number)}",
            description=(
                f"<div>Hello,<br>about &ldquo;{pick(PRODUCTS, number)}&rdquo;: please see the picture."
                f'<br><img src="{IMAGE}"><br>Kind regards</div>'
            ),
            regardingobjectid=cases[number - 1] if number % 5 else customers.accounts[number],
            directioncode=outgoing,
            prioritycode=number % 3,
            senton=moment(number, 20) if number % 4 else None,
            sender=builder.text(agent if outgoing else contact, _address_column(outgoing)),
            torecipients=builder.text(contact if outgoing else agent, _address_column(not outgoing)),
            attachmentcount=number % 3,
            statecode=1 if number % 4 else 0,
            statuscode=(3 if outgoing else 4) if number % 4 else 1,
            ownerid=OWNERS[number % len(OWNERS)],
        )
        builder.party(email, _SENDER, agent if outgoing else contact)
        builder.party(email, _TO, contact if outgoing else agent)
        if number % 6 == 0:
            builder.party(email, _CC, None, "archive@example.com")


def _address_column(of_agent: bool) -> str:
    return "internalemailaddress" if of_agent else "emailaddress1"


def add_tasks(builder: SampleBuilder, customers: Customers, cases: Sequence[Ref]) -> None:
    """Add the tasks."""
    for number in range(1, TASK_ROWS + 1):
        is_done = number % 4 == 0
        builder.add(
            "task",
            number,
            subject=f"{pick(TASKS, number).capitalize()} the {pick(PRODUCTS, number)}",
            description=None if number % 3 == 0 else "Bring the long key. Call ahead!",
            regardingobjectid=cases[number] if number % 3 else customers.contacts[number],
            prioritycode=number % 3,
            scheduledstart=moment(number, 60),
            scheduledend=moment(number + 2, 90),
            actualend=moment(number + 1, 75) if is_done else None,
            actualdurationminutes=15 * (number % 5 + 1),
            percentcomplete=100 if is_done else number * 13 % 100,
            category=("Repair", "Inspection", "Paperwork")[number % 3],
            statecode=1 if is_done else 0,
            statuscode=5 if is_done else (2, 3, 4, 7)[number % 4],
            ownerid=OWNERS[number % len(OWNERS)],
        )


def add_notes(builder: SampleBuilder, cases: Sequence[Ref]) -> None:
    """Add notes to the first cases."""
    for number in range(1, NOTES + 1):
        builder.add(
            "annotation",
            number,
            subject=f"Call of {number}. March",
            notetext="Customer is on site until five.\nSerial plate: see photo.",
            objectid=cases[number - 1],
            ownerid=OWNERS[(number - 1) % len(OWNERS)],
        )


def add_collaborations(builder: SampleBuilder, cases: Sequence[Ref]) -> None:
    """Add the channel that Dynamics 365 connected to a case before the bot was there."""
    builder.add(
        "msdyn_teamscollaboration",
        1,
        msdyn_teamname="Field Service",
        msdyn_teamid="19:fieldservice@thread.tacv2",
        msdyn_groupid=TEAMS_TEAM_ID,
        msdyn_channelid=PUMPS_CHANNEL_ID,
        msdyn_channelname="Pumps",
        regardingobjectid=cases[COLLABORATION_CASE - 1].id,
        regardingobjecttypename="incident",
    )
