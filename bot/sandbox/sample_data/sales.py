"""Sample leads, opportunities, work orders, and stock levels."""

from collections.abc import Sequence

from bot.sandbox.sample_data.customers import OWNERS
from bot.sandbox.sample_data.ids import DOLLAR, EURO
from bot.sandbox.sample_data.sample_builder import SampleBuilder, day, moment
from bot.sandbox.sample_data.service import FIRST, Customers
from bot.sandbox.sample_data.words import CITIES, COMPANIES, FIRST_NAMES, JOBS, LAST_NAMES, PRODUCTS, TASKS, pick
from bot.sandbox.values import Ref

ROWS = 30


def add_leads(builder: SampleBuilder) -> None:
    """Add the leads."""
    for number in range(1, ROWS + 1):
        state, status = ((0, 1), (0, 2), (1, 3), (0, 1), (2, 5))[number % 5]
        city, *_ = CITIES[number % len(CITIES)]
        builder.add(
            "lead",
            number,
            firstname=pick(FIRST_NAMES, number + 4),
            lastname=pick(LAST_NAMES, number + 2),
            subject=f"Interested in {pick(PRODUCTS, number)}",
            companyname=f"{pick(COMPANIES, number + 3)} {number}",
            jobtitle=None if number % 6 == 0 else pick(JOBS, number),
            emailaddress1=f"lead-{number}@example.com",
            telephone1=f"+1 555 04{number:02}",
            websiteurl=f"https://lead-{number}.example.com",
            address1_city=city,
            leadsourcecode=(1, 6, 7, 8)[number % 4],
            leadqualitycode=1 + number % 3,
            industrycode=(2, 9, 19, 33)[number % 4],
            estimatedamount=1_900.0 * number,
            estimatedclosedate=day(60 + number),
            decisionmaker=number % 2 == 0,
            description=None if number % 4 == 0 else "Met at the trade fair; wants a call on a Tuesday.",
            transactioncurrencyid=DOLLAR if number % 4 == 0 else EURO,
            statecode=state,
            statuscode=status,
            ownerid=OWNERS[number % len(OWNERS)],
        )


def add_opportunities(builder: SampleBuilder, customers: Customers) -> None:
    """Add the opportunities."""
    for number in range(1, ROWS + 1):
        state, status = ((0, 1), (0, 2), (1, 3), (0, 1), (2, 5), (0, 1))[number % 6]
        account = customers.accounts[number % len(customers.accounts)]
        builder.add(
            "opportunity",
            number,
            name=f"{number + 1} x {pick(PRODUCTS, number)}",
            customerid=account,
            parentaccountid=account,
            parentcontactid=customers.contacts[number],
            estimatedvalue=3_250.75 * number,
            actualvalue=3_000.0 * number if state == 1 else None,
            budgetamount=4_000.0 * number,
            estimatedclosedate=day(30 + 2 * number),
            actualclosedate=day(20 + number) if state else None,
            closeprobability=number * 7 % 101,
            opportunityratingcode=1 + number % 3,
            salesstagecode=number % 4,
            description=None if number % 5 == 0 else "Two sites, one contract, service included.",
            customerneed="Less noise & lower bills.",
            transactioncurrencyid=DOLLAR if number % 4 == 1 else EURO,
            statecode=state,
            statuscode=status,
            ownerid=OWNERS[number % len(OWNERS)],
        )


def add_work_orders(builder: SampleBuilder, customers: Customers, cases: Sequence[Ref]) -> None:
    """Add the work orders."""
    for number in range(1, ROWS + 1):
        city, _, _, latitude, longitude = CITIES[number % len(CITIES)]
        system_status = (690970000, 690970001, 690970002, 690970003)[number % 4]
        builder.add(
            "msdyn_workorder",
            number,
            msdyn_name=f"WO-{FIRST + number - 1:05}",
            msdyn_serviceaccount=customers.accounts[number - 1],
            msdyn_billingaccount=customers.accounts[number - 1],
            msdyn_servicerequest=cases[number - 1] if number % 3 else None,
            msdyn_systemstatus=system_status,
            msdyn_workordersummary=f"{pick(TASKS, number).capitalize()} the {pick(PRODUCTS, number)}.",
            msdyn_instructions=None if number % 4 == 0 else "Ring the bell twice.\nMind the dog!",
            msdyn_city=city,
            msdyn_latitude=latitude,
            msdyn_longitude=longitude,
            msdyn_datewindowstart=day(number + 3),
            msdyn_timefrompromised=moment(number + 3, 45),
            msdyn_completedon=moment(number + 3, 200) if system_status == 690970003 else None,  # noqa: PLR2004
            msdyn_totalestimatedduration=30 * (number % 6 + 1),
            cs_installationdepth=4.5 * number,
            msdyn_totalamount=95.0 * number,
            msdyn_taxable=number % 2 == 0,
            cs_safety=((1,), (1, 2), (3,), (1, 2, 4))[number % 4],
            ownerid=OWNERS[number % len(OWNERS)],
        )


def add_stock_levels(builder: SampleBuilder) -> None:
    """Add the rows of the virtual table."""
    for number, product in enumerate(PRODUCTS, 1):
        builder.add("cs_stocklevel", number, cs_name=product, cs_onhand=7 * number, cs_warehouse="Freiburg")
