"""The page that mutes the chat or a record (spec V2)."""

from bot.domain.errors import BadRequest
from bot.domain.notifications.mute_spans import MuteSpan
from bot.domain.public_names import Dialog
from bot.domain.texts import text
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.mute import SPAN, SPAN_TITLES, MuteTarget, mute_chat, unmute_chat
from bot.features.notifications.overview_page import mute_lines
from bot.features.notifications.pages import is_on
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Done, Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, SwitchField, form
from cards.notifications.mute import ALSO_URGENT

_WHAT, _CHAT, _RECORD = "what", "chat", "record"
_UNMUTE = "unmute"


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page with the spans, and with the present mutes."""
    return _page(services, await load_context(services, turn, data))


async def save(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """Mute or unmute, and tell the chat."""
    context = await load_context(services, turn, data)
    target = _target(context, data)
    if _UNMUTE in data:
        return Done(message=(await unmute_chat(services, turn, target)).message)
    if data.get(SPAN) not in set(MuteSpan):
        raise BadRequest("Choose for how long.", "Open Notifications again: write notifications")
    answer = await mute_chat(services, turn, target, MuteSpan(data[SPAN]), also_urgent=is_on(data, ALSO_URGENT))
    return Done(message=answer.message)


def _target(context: RulesContext, data: ActionData) -> MuteTarget:
    if data.get(_WHAT) == _RECORD:
        return MuteTarget(connections=[context.chosen], record=context.chosen)
    return MuteTarget(connections=context.connections)


def _page(services: Services, context: RulesContext) -> Page:
    mutes = mute_lines(services, context)
    what = (Choice(title=text("The whole chat"), value=_CHAT), Choice(title=context.name, value=_RECORD))
    spans = tuple(Choice(title=title, value=span) for span, title in SPAN_TITLES.items())
    parts: list[Part] = [
        *mutes,
        ChoiceField(name=_WHAT, label=text("Mute"), choices=what, chosen=(_CHAT,), expanded=True),
        ChoiceField(name=SPAN, label=text("For how long"), choices=spans, chosen=(MuteSpan.HOUR,), expanded=True),
        SwitchField(name=ALSO_URGENT, label=text("Also mute urgent changes")),
        Line(text=text("The chat is told who muted it, and until when."), small=True),
    ]
    unmute = [context.button(text("Unmute"), Dialog.NOTIFICATIONS_SAVE_MUTE, {_UNMUTE: "true"})] if mutes else []
    buttons = (context.button(text("Mute"), Dialog.NOTIFICATIONS_SAVE_MUTE), *unmute, context.back)
    return form(FormView(title=text("Mute"), place=context.name, parts=parts, buttons=buttons))
