"""Sample cases, knowledge articles, and conversations."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.sample_data.customers import OWNERS
from bot.sandbox.sample_data.ids import ADELE, ALEX, DOLLAR, EURO, ISAIAH, MEGAN, user
from bot.sandbox.sample_data.sample_builder import SampleBuilder, day, moment
from bot.sandbox.sample_data.words import FAULTS, IMAGE, PRODUCTS, TASKS, pick
from bot.sandbox.values import Ref, Value

CASES = 36
ARTICLES = 30
CONVERSATIONS = 30
FIRST = 1001
"""Number of the first case, article, and work order."""

FIRST_TITLE = "Pump vibrates after firmware update"

_SPECIAL_TITLES = {
    7: "O'Leary's farm: \"no water\" since Monday & nobody called back",
    9: "*Urgent* [Kaltbach] _check_ `E-17` ~~today~~ #2 | 1. Spring",
    12: "המשאבה לא נדלקת אחרי הפסקת חשמל",
    15: "المضخة تسرّب الماء عند المحور",
    19: "<b>Inverter</b> shows <script>alert(1)</script> on its display",
    23: (
        "Customer reports that all four booster pumps of the upper pressure zone stop one after the other a few "
        "minutes past midnight, start again by themselves at dawn, and leave no entry in the error log"
    ),
    28: "Größere Störung: Wärmepumpe läuft, Umwälzpumpe nicht",
}

_FIRST_DESCRIPTION = (
    "Since version 4.2 of the controller's firmware the pump vibrates between 60 and 70 % load.\n"
    "Below and above it runs smoothly. The customer has gone back to manual control."
)

_STATUSES = ((0, 1), (0, 2), (0, 1), (0, 3), (1, 5), (0, 4), (0, 1), (2, 6), (1, 1000))
_PRIORITIES = (2, 1, 2, 3, 2, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """The customers in the sample data."""

    accounts: Sequence[Ref]
    contacts: Sequence[Ref]


def add_cases(builder: SampleBuilder, customers: Customers) -> Sequence[Ref]:
    """Add the cases. The first one is the main example."""
    return [_case(builder, number, customers) for number in range(1, CASES + 1)]


def case_title(number: int) -> str:
    """Return the title of a case."""
    if number == 1:
        return FIRST_TITLE
    return _SPECIAL_TITLES.get(number, f"{pick(PRODUCTS, number)} {pick(FAULTS, number)}")


def _case(builder: SampleBuilder, number: int, customers: Customers) -> Ref:
    state, status = _STATUSES[(number - 1) % len(_STATUSES)]
    at_contact = number % 10 == 0
    customer = customers.contacts[number] if at_contact else customers.accounts[(number - 1) % len(customers.accounts)]
    return builder.add(
        "incident",
        FIRST + number - 1,
        title=case_title(number),
        ticketnumber=f"CAS-{FIRST + number - 1:05}",
        customerid=customer,
        primarycontactid=customers.contacts[(number - 1) % len(customers.contacts)],
        prioritycode=_PRIORITIES[(number - 1) % len(_PRIORITIES)],
        statecode=state,
        statuscode=status,
        severitycode=1,
        casetypecode=1 + number % 3,
        caseorigincode=(1, 2, 3, 700610000)[number % 4],
        ownerid=OWNERS[(number - 1) % len(OWNERS)],
        transactioncurrencyid=DOLLAR if number % 6 == 0 else EURO,
        createdon=moment(number - 1),
        modifiedon=moment(number - 1, 95),
        **({} if number % 8 == 0 else _case_details(number)),
    )


def _case_details(number: int) -> dict[str, Value]:
    return {
        "description": _FIRST_DESCRIPTION
        if number == 1
        else (
            f"Installed two years ago, {pick(PRODUCTS, number)}.\n"
            f"- Since last week it {pick(FAULTS, number)}.\n- Serial plate photographed; see notes."
        ),
        "isescalated": number in {3, 10, 17},
        "firstresponsesent": number % 2 == 0,
        "followupby": day(number + 5),
        "responseby": moment(number, 240),
        "resolveby": moment(number + 3, 510),
        "productserialnumber": f"AQ-{40_000 + 37 * number}",
        "cs_symptoms": ((1, 2), (6,), (3,), (4, 6), (5,), (2, 3, 5))[number % 6],
        "cs_operatinghours": 1_250 * number,
        "cs_downtimehours": 1.75 * number,
        "cs_flowrate": 12.125 + number,
        "cs_refundamount": 480.0 + 15.5 * (number - 1),
        "cs_analysis": _analysis(number),
        "customersatisfactioncode": number % 5 + 1 if number % 3 == 0 else None,
        "contractservicelevelcode": 1 + number % 3,
    }


def _analysis(number: int) -> str:
    """Return rich text with an image, either inline or stored by the rich text editor of Dynamics 365."""
    stored = f"/api/data/v9.2/msdyn_richtextfiles(00010600-0000-4000-9000-{number:012x})/msdyn_imageblob/$value"
    picture = IMAGE if number % 2 else stored
    return (
        f"<p>Bearing play is <strong>{number % 5}.2&nbsp;mm</strong> &ndash; within limits.</p>"
        f'<p><img src="{picture}" alt="Bearing"></p><p>Next: check the coupling &amp; the seal.</p>'
    )


def add_articles(builder: SampleBuilder) -> Sequence[Ref]:
    """Add the knowledge articles."""
    return [_article(builder, number) for number in range(1, ARTICLES + 1)]


def _article(builder: SampleBuilder, number: int) -> Ref:
    product, task = pick(PRODUCTS, number), pick(TASKS, number)
    state, status = ((3, 7), (0, 2), (3, 7), (1, 5), (4, 10))[number % 5]
    return builder.add(
        "knowledgearticle",
        number,
        title=f"How to {task} the {product}",
        articlepublicnumber=f"KA-{FIRST + number - 1:05}",
        keywords=", ".join((product.split()[0].lower(), task.split()[0], "service")),
        description=None if number % 7 == 0 else f"Steps and tools to {task} it safely.",
        content=(
            f"<h2>Before you start</h2><p>Isolate the supply &amp; lock it.</p><ol><li>Open the housing.</li>"
            f'<li>Photograph the state.<br><img src="{IMAGE}" alt="Housing"></li></ol>'
        ),
        primaryauthorid=user((ADELE, MEGAN, ISAIAH)[number % 3]),
        majorversionnumber=1 + number % 3,
        minorversionnumber=number % 4,
        publishon=moment(number, 60),
        expirationdate=moment(number + 365) if number % 4 == 0 else None,
        isinternal=number % 6 == 0,
        rating=round(3 + number % 20 / 10, 2),
        knowledgearticleviews=17 * number,
        statecode=state,
        statuscode=status,
        ownerid=OWNERS[number % len(OWNERS)],
    )


def add_conversations(builder: SampleBuilder, customers: Customers, cases: Sequence[Ref]) -> Sequence[Ref]:
    """Add the conversations."""
    return [_conversation(builder, number, customers, cases) for number in range(1, CONVERSATIONS + 1)]


def _conversation(builder: SampleBuilder, number: int, customers: Customers, cases: Sequence[Ref]) -> Ref:
    is_closed = number % 3 == 0
    return builder.add(
        "msdyn_ocliveworkitem",
        number,
        subject=f"{('Chat', 'Call', 'SMS')[number % 3]} about {pick(PRODUCTS, number)}",
        description=None if number % 5 == 0 else f"Says it {pick(FAULTS, number)}.",
        msdyn_channel=(192360000, 192350002, 192340000)[number % 3],
        msdyn_activeagentid=user((ADELE, ISAIAH, ALEX)[number % 3]),
        msdyn_customer=customers.contacts[number] if number % 2 else customers.accounts[number],
        msdyn_issueid=cases[number] if number % 4 else None,
        msdyn_startedon=moment(number, 30),
        msdyn_closedon=moment(number, 58) if is_closed else None,
        msdyn_transfercount=number % 3,
        msdyn_customersentimentlabel=8 + number % 3,
        statecode=1 if is_closed else 0,
        statuscode=4 if is_closed else (1, 2, 3)[number % 3],
        ownerid=OWNERS[number % len(OWNERS)],
    )
