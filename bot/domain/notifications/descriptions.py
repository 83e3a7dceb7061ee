"""Rules in words (spec V9). Pure."""

from collections.abc import Mapping

from bot.domain.notifications.condition_rules import describe_conditions
from bot.domain.notifications.quiet_hours import EVERY_DAY, QuietHours
from bot.domain.notifications.rules import ChatRules, ConnectionRules, Style
from bot.domain.tables import Column

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORKDAYS = frozenset(range(5))


def describe_quiet_hours(hours: QuietHours) -> str:
    """Return the quiet hours as a sentence."""
    zone = hours.zone.rpartition("/")[2].replace("_", " ")
    times = f"Quiet from {hours.start:%-H:%M} to {hours.end:%-H:%M}{_days(hours.days)}"
    whole = f"all of {_named(hours.whole_days)}" if hours.whole_days else ""
    if not hours.days:
        return f"Quiet {whole}, {zone} time."
    return f"{times}, and {whole}, {zone} time." if whole else f"{times}, {zone} time."


def _days(days: frozenset[int]) -> str:
    return "" if days == EVERY_DAY else f" on {_named(days)}"


def _named(days: frozenset[int]) -> str:
    if days == _WORKDAYS:
        return "workdays"
    return ", ".join(DAYS[each] for each in sorted(days))


def describe_chat(rules: ChatRules) -> tuple[str, ...]:
    """Return the sentences about the rules of the whole chat, without the mute."""
    said = [describe_quiet_hours(rules.quiet_hours)] if rules.quiet_hours else []
    skipped = ["changes made on cards of this chat"] if rules.skip_own_cards else []
    skipped += ["changes by integrations"] if rules.skip_integrations else []
    skipped += [f"changes by {name}" for name in rules.skip_people.values()]
    if skipped:
        said.append(f"Skipped: {', '.join(skipped)}.")
    if rules.budget.in_a_day is not None:
        said.append(f"At most {rules.budget.in_a_day} messages in 24 hours.")
    if rules.budget.in_a_burst is not None:
        said.append(f"At most {rules.budget.in_a_burst} messages in 10 minutes.")
    if rules.combine_bulk_edits:
        said.append("Changes of many records by one person become one summary.")
    return tuple(said)


def describe_connection(rules: ConnectionRules, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the sentences about the rules of one record, without the mute."""
    styles = {
        Style.EACH: "",
        Style.LIVE: "One live card shows the changes.",
        Style.DIGEST: f"Changes come in a digest at {rules.digest_at:%-H:%M}.",
    }
    said = [styles[rules.style]]
    if rules.value_rule:
        said.append(f"Only if {describe_conditions(rules.value_rule, columns)}.")
    if rules.urgent_rule:
        said.append(f"Urgent: {describe_conditions(rules.urgent_rule, columns)}.")
    if rules.mention_new_owner:
        said.append("A new owner is mentioned.")
    if rules.mention_owner:
        said.append("The owner is mentioned on urgent changes.")
    return tuple(each for each in said if each)
