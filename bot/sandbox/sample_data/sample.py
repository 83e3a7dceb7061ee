"""The complete sample data."""

from functools import cache

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.security.model import AccessMask
from bot.sandbox.sample_data.activities import sow_emails, sow_notes, sow_tasks
from bot.sandbox.sample_data.customers import sow_accounts, sow_contacts
from bot.sandbox.sample_data.ids import PATTI
from bot.sandbox.sample_data.people import share, sow_people, sow_profiles, sow_units
from bot.sandbox.sample_data.platform import sow_messages, sow_webhook
from bot.sandbox.sample_data.roles import sow_roles
from bot.sandbox.sample_data.sales import sow_leads, sow_opportunities, sow_stock_levels, sow_work_orders
from bot.sandbox.sample_data.sample_builder import Sower
from bot.sandbox.sample_data.service import People, sow_articles, sow_cases, sow_conversations
from bot.sandbox.sample_data.views import sow_views
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
    sower = Sower(schema)
    sow_units(sower)
    sow_people(sower)
    sow_roles(sower, schema)
    sow_profiles(sower)
    accounts = sow_accounts(sower)
    people = People(accounts=accounts, contacts=sow_contacts(sower, accounts))
    cases = sow_cases(sower, people)
    share(sower, 1, cases[SHARED_CASE - 1], PATTI, AccessMask.READ)
    sow_articles(sower)
    sow_conversations(sower, people, cases)
    sow_emails(sower, people, cases)
    sow_tasks(sower, people, cases)
    sow_notes(sower, cases)
    sow_leads(sower)
    sow_opportunities(sower, people)
    sow_work_orders(sower, people, cases)
    sow_stock_levels(sower)
    sow_views(sower)
    sow_webhook(sower, sow_messages(sower, schema))
    return sower.changes
