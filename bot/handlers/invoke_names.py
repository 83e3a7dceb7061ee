"""Names of the invokes that the bot answers ("Invoke activities", Teams documentation)."""

from enum import StrEnum


class Invoke(StrEnum):
    """The name of an invoke."""

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
    """A token exchange ("Single sign-on for bots")."""
    TASK_FETCH = "task/fetch"
    TASK_SUBMIT = "task/submit"
