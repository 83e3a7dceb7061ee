"""Names of the invokes that the bot answers ("Invoke activities", Teams documentation), and kinds of activities."""

from enum import StrEnum

from botbuilder.schema import Activity, ActivityTypes


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


_KINDS = frozenset({*(each.value for each in ActivityTypes), *(each.value for each in Invoke)})


def activity_kind(activity: Activity) -> str:
    """Return the type of the activity or the name of the invoke if they are known. Others can be any text."""
    kind = str(activity.name if activity.type == ActivityTypes.invoke else activity.type)
    return kind if kind in _KINDS else "unknown"
