"""The page of the chat's language, in which everyone reads its cards (spec I2)."""

from dataclasses import replace

from bot.domain.notifications.rules import ChatRules
from bot.domain.public_names import Dialog
from bot.domain.texts import text
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import LANGUAGE, NO_RESULT, SAVED, FormResult, saved_by_others
from bot.features.notifications.save_rules import save_chat_rules
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.languages.tags import LANGUAGE_NAMES
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, form

_LANGUAGE = "language"
_BASE = "base"
"""Value of the choice of no language, so that the base language of the environment counts."""
_BASE_TITLE = text("Language of the environment")


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page."""
    context = await load_context(services, turn, data)
    return _page(context, context.chat.rules.language or _BASE)


async def save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the language, or return the page with the problem or with the saves of others."""
    context = await load_context(services, turn, data)
    chosen = data.get(_LANGUAGE, "")
    if chosen not in {_BASE, *LANGUAGE_NAMES}:
        return _page(context, "", FormResult(problems={_LANGUAGE: text("Choose a language of the list.")}))

    def change(rules: ChatRules) -> ChatRules:
        return replace(rules, language=None if chosen == _BASE else chosen)

    outcome = await save_chat_rules(services, context, data, LANGUAGE, change)
    services.languages.chats.discard(turn.chat.id)
    now = await load_context(services, turn, data)
    present = now.chat.rules.language
    others = saved_by_others(outcome.saves, LANGUAGE, LANGUAGE_NAMES[present] if present else _BASE_TITLE)
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return _page(now, present or _BASE, FormResult(others=others))


def _page(context: RulesContext, chosen: str, result: FormResult = NO_RESULT) -> Page:
    choices = (
        Choice(title=_BASE_TITLE, value=_BASE),
        *(Choice(title=name, value=tag) for tag, name in LANGUAGE_NAMES.items()),
    )
    field = ChoiceField(
        name=_LANGUAGE,
        label=text("Language of the cards"),
        choices=choices,
        chosen=(chosen,) if chosen else (),
        problem=result.problem(_LANGUAGE),
    )
    explanation = text("Cards for everyone use this language. What only you see uses your own language.")
    view = FormView(
        title=text("Language"),
        place=text("All records of this chat"),
        parts=[field, Line(text=explanation, small=True)],
        buttons=(context.button(text("Save"), Dialog.NOTIFICATIONS_SAVE_LANGUAGE), context.back),
        saved_by_others=result.others,
    )
    return form(view)
