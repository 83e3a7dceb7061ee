"""What Teams waits for an answer to, of what the bot offers ("Invoke activities", Teams documentation)."""

from enum import StrEnum


class Invoke(StrEnum):
    """The names by which it asks."""

    BUTTON = "adaptiveCard/action"
    SEARCH_INPUT = "application/search"
    ANONYMOUS_QUERY_LINK = "composeExtension/anonymousQueryLink"
    QUERY_LINK = "composeExtension/queryLink"
    SEARCH = "composeExtension/query"
    SETTINGS = "composeExtension/querySettingUrl"
    ITEM = "composeExtension/selectItem"
    FETCH_TASK = "composeExtension/fetchTask"
    SUBMIT_ACTION = "composeExtension/submitAction"
    SIGN_IN = "signin/tokenExchange"
    """A person's token is offered ("Single sign-on for bots")."""
    TASK_FETCH = "task/fetch"
    TASK_SUBMIT = "task/submit"
