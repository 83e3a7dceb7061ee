"""The complete sample data."""

from functools import cache

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.security.model import AccessMask
from bot.sandbox.sample_data.activities import add_collaborations, add_emails, add_notes, add_tasks
from bot.sandbox.sample_data.customers import add_accounts, add_contacts
from bot.sandbox.sample_data.customizations import add_apps
from bot.sandbox.sample_data.ids import PATTI
from bot.sandbox.sample_data.people import add_people, add_profiles, add_units, share
from bot.sandbox.sample_data.platform import add_messages, add_webhook
from bot.sandbox.sample_data.roles import add_roles
from bot.sandbox.sample_data.sales import add_leads, add_opportunities, add_stock_levels, add_work_orders
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.sample_data.service import Customers, add_articles, add_cases, add_conversations
from bot.sandbox.sample_data.views import add_views
from bot.sandbox.storage.rows import Changes, Rows

SHARED_CASE = 4
"""Position of the case that Isaiah owns and shares with Patti, starting at 1."""


def sample_rows(schema: Schema) -> Rows:
    """Return the sample rows, which are always the same."""
    rows = Rows()
    rows.apply(_sample(schema))
    return rows


@cache
def _sample(schema: Schema) -> Changes:
    builder = SampleBuilder(schema)
    add_units(builder)
    add_people(builder)
    add_roles(builder, schema)
    add_profiles(builder)
    accounts = add_accounts(builder)
    customers = Customers(accounts=accounts, contacts=add_contacts(builder, accounts))
    cases = add_cases(builder, customers)
    share(builder, 1, cases[SHARED_CASE - 1], PATTI, AccessMask.READ)
    add_articles(builder)
    add_conversations(builder, customers, cases)
    add_emails(builder, customers, cases)
    add_tasks(builder, customers, cases)
    add_notes(builder, cases)
    add_collaborations(builder, cases)
    add_leads(builder)
    add_opportunities(builder, customers)
    add_work_orders(builder, customers, cases)
    add_stock_levels(builder)
    add_views(builder)
    add_webhook(builder, schema, add_messages(builder, schema))
    add_apps(builder)
    return builder.changes
