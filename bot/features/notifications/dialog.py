"""The dialog of the notification rules: its pages and searches. All their data is untrusted."""

from collections.abc import Mapping

from bot.domain.public_names import Dataset, Dialog
from bot.features.notifications import (
    chat_pages,
    language_page,
    mute_page,
    overview_page,
    people_pages,
    record_page,
    rule_pages,
    why,
)
from bot.features.shared.routes import PageHandler, SearchHandler

PAGES: Mapping[str, PageHandler] = {
    Dialog.NOTIFICATIONS: overview_page.start,
    Dialog.NOTIFICATIONS_MUTE: mute_page.start,
    Dialog.NOTIFICATIONS_SAVE_MUTE: mute_page.save,
    Dialog.NOTIFICATIONS_HOURS: chat_pages.hours,
    Dialog.NOTIFICATIONS_SAVE_HOURS: chat_pages.save_hours,
    Dialog.NOTIFICATIONS_LIMITS: chat_pages.limits,
    Dialog.NOTIFICATIONS_SAVE_LIMITS: chat_pages.save_limits,
    Dialog.NOTIFICATIONS_LANGUAGE: language_page.start,
    Dialog.NOTIFICATIONS_SAVE_LANGUAGE: language_page.save,
    Dialog.NOTIFICATIONS_AUTHORS: people_pages.authors,
    Dialog.NOTIFICATIONS_SAVE_AUTHORS: people_pages.save_authors,
    Dialog.NOTIFICATIONS_MENTIONS: people_pages.mentions,
    Dialog.NOTIFICATIONS_SAVE_MENTIONS: people_pages.save_mentions,
    Dialog.NOTIFICATIONS_RECORD: record_page.start,
    Dialog.NOTIFICATIONS_SAVE_RECORD: record_page.save,
    Dialog.NOTIFICATIONS_RULE: rule_pages.start,
    Dialog.NOTIFICATIONS_CONDITION: rule_pages.new_condition,
    Dialog.NOTIFICATIONS_SAVE_RULE: rule_pages.save,
    Dialog.NOTIFICATIONS_WHY: why.start,
}

SEARCHES: Mapping[str, SearchHandler] = {Dataset.TIME_ZONES: chat_pages.find_zones}
