"""The catalog of all tables in the sandbox."""

from bot.sandbox.dataverse.schema.activities import (
    ACTIVITY_PARTY,
    CHAT,
    CHAT_ASSOCIATION,
    COLLABORATION,
    EMAIL,
    NOTE,
    TASK,
)
from bot.sandbox.dataverse.schema.customers import ACCOUNT, CONTACT
from bot.sandbox.dataverse.schema.customizations import (
    APP,
    APP_ACTION,
    PUBLISHER,
    SOLUTION,
    UNPUBLISHED_WEB_RESOURCE,
    WEB_RESOURCE,
)
from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.schema.people import (
    BUSINESS_UNIT,
    FIELD_PERMISSION,
    FIELD_PROFILE,
    PRIVILEGE,
    ROLE,
    ROLE_PRIVILEGES,
    ROLE_TEMPLATE,
    SHARE,
    TEAM,
    TEAM_MEMBERS,
    TEAM_PROFILES,
    TEAM_ROLES,
    USER,
    USER_PROFILES,
    USER_ROLES,
    USER_SETTINGS,
)
from bot.sandbox.dataverse.schema.platform import (
    CURRENCY,
    ENDPOINT,
    MESSAGE,
    MESSAGE_FILTER,
    ORGANIZATION,
    PERSONAL_VIEW,
    STEP,
    STEP_IMAGE,
    SYSTEM_JOB,
    VIEW,
)
from bot.sandbox.dataverse.schema.sales import LEAD, OPPORTUNITY, STOCK_LEVEL, WORK_ORDER
from bot.sandbox.dataverse.schema.service import CONVERSATION, INCIDENT, KNOWLEDGE_ARTICLE

BUSINESS_TABLES = (
    INCIDENT,
    ACCOUNT,
    CONTACT,
    KNOWLEDGE_ARTICLE,
    EMAIL,
    CONVERSATION,
    LEAD,
    OPPORTUNITY,
    WORK_ORDER,
    TASK,
)
"""Tables that people work with, in the order of the pages."""

SCHEMA = Schema(
    (
        *BUSINESS_TABLES,
        STOCK_LEVEL,
        CHAT,
        CHAT_ASSOCIATION,
        ACTIVITY_PARTY,
        NOTE,
        USER,
        USER_SETTINGS,
        TEAM,
        BUSINESS_UNIT,
        ROLE,
        ROLE_TEMPLATE,
        PRIVILEGE,
        FIELD_PROFILE,
        FIELD_PERMISSION,
        SHARE,
        USER_ROLES,
        TEAM_ROLES,
        TEAM_MEMBERS,
        USER_PROFILES,
        TEAM_PROFILES,
        ROLE_PRIVILEGES,
        ORGANIZATION,
        CURRENCY,
        VIEW,
        PERSONAL_VIEW,
        MESSAGE,
        MESSAGE_FILTER,
        ENDPOINT,
        STEP,
        STEP_IMAGE,
        SYSTEM_JOB,
        COLLABORATION,
        PUBLISHER,
        SOLUTION,
        WEB_RESOURCE,
        UNPUBLISHED_WEB_RESOURCE,
        APP,
        APP_ACTION,
    )
)
