"""The page with the progress of a creation, for chats and for channels."""

from collections.abc import Mapping, Sequence

from bot.domain.new_chat import ChatRequest, ChatStep, NewChat
from bot.domain.public_names import Dialog
from bot.domain.texts import sentences, text
from bot.features.new_chats.create_chat import Progress
from bot.features.shared.action_data import KEY
from bot.features.shared.answers import record_data
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import OFF, ON
from cards.new_channel import TEAM
from cards.new_chat import NAME, NOTE, ProgressView, StepLine, StepState, progress_page

_STEP_TEXTS: Mapping[ChatStep, str] = {
    ChatStep.CREATE: text("Create the chat"),
    ChatStep.MEMBERS: text("Add everyone to the chat"),
    ChatStep.NAME: text("Name the chat"),
    ChatStep.INSTALL: text("Add Chat Sync to the chat"),
    ChatStep.CONNECT: text("Connect the chat to the record"),
}
_CHANNEL_STEP_TEXTS: Mapping[ChatStep, str] = {
    ChatStep.INSTALL: text("Add Chat Sync to the team"),
    ChatStep.CREATE: text("Create the channel"),
    ChatStep.CONNECT: text("Connect the channel to the record"),
}


def creation_page(progress: Progress, remark: str = "") -> Page:
    """Return the page with the progress, and a button that resumes the creation."""
    new_chat = progress.new_chat
    next_button = resume_button(text("Refresh") if progress.is_running else text("Continue"), new_chat)
    if new_chat.request.team and new_chat.rejection:
        next_button = _start_again_button(new_chat.request)
    view = ProgressView(
        summary=sentences(_summary(progress), remark),
        steps=_step_lines(progress),
        url=new_chat.url,
        resume_button=next_button if new_chat.remaining_steps else None,
        kind="channel" if new_chat.request.team else "chat",
    )
    return progress_page(view)


def _summary(progress: Progress) -> str:
    is_channel = progress.new_chat.request.team is not None
    if progress.is_running:
        return text("Chat Sync is still working on it. To see the current state, select Refresh.")
    if progress.new_chat.remaining_steps:
        return text("Some steps are not done yet.")
    return text("The channel is ready.") if is_channel else text("The chat is ready.")


def _step_lines(progress: Progress) -> Sequence[StepLine]:
    new_chat = progress.new_chat
    failures = {failure.step: failure for failure in new_chat.failures}
    step_texts = _CHANNEL_STEP_TEXTS if new_chat.request.team else _STEP_TEXTS
    return [
        StepLine(
            text=step_texts[step],
            state=_step_state(progress, step),
            failure=failures[step].reason if step in failures else "",
            next_step=failures[step].next_step if step in failures else "",
        )
        for step in progress.new_chat.request.steps
    ]


def _start_again_button(request: ChatRequest) -> SubmitButton:
    """Return the button that opens the dialog of the rejected channel again, so that the person can change its name."""
    payload = {
        **(record_data(request.record) if request.record else {}),
        NAME: request.topic or "",
        NOTE: ON if request.note else OFF,
        **({TEAM: request.team} if request.team else {}),
    }
    return SubmitButton(title=text("Start again"), dialog=Dialog.NEW_CHANNEL, payload=payload)


def _step_state(progress: Progress, step: ChatStep) -> StepState:
    new_chat = progress.new_chat
    failed = {failure.step for failure in new_chat.failures}
    if step in new_chat.done:
        return StepState.DONE
    if not progress.is_running or step in failed:
        return StepState.NOT_DONE
    open_steps = (each for each in new_chat.request.steps if each not in {*new_chat.done, *failed})
    return StepState.RUNNING if step is next(open_steps) else StepState.NOT_STARTED


def resume_button(title: str, new_chat: NewChat) -> SubmitButton:
    """Return the button that resumes the creation."""
    return SubmitButton(title=title, dialog=Dialog.FINISH_CHAT, payload={KEY: new_chat.key})
