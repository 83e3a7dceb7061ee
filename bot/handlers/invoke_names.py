"""What Teams waits for an answer to, of what the bot offers ("Invoke activities", Teams documentation)."""

from enum import StrEnum


class Invoke(StrEnum):
    """The names by which it asks."""

    BUTTON = "adaptiveCard/action"
    SEARCH_INPUT = "application/search"
    ANONYMOUS_LINK = "composeExtension/anonymousQueryLink"
    LINK = "composeExtension/queryLink"
    SEARCH = "composeExtension/query"
    SETTINGS = "composeExtension/querySettingUrl"
    ITEM = "composeExtension/selectItem"
    ACTION = "composeExtension/fetchTask"
    ACTION_NEXT = "composeExtension/submitAction"
    SIGN_IN = "signin/tokenExchange"
    """A person's token is offered ("Single sign-on for bots")."""
    PAGE = "task/fetch"
    PAGE_NEXT = "task/submit"
