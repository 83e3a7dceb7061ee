"""Rules in words (spec V9). Pure."""

from collections.abc import Mapping

from bot.domain.notifications.condition_rules import describe_conditions
from bot.domain.notifications.quiet_hours import EVERY_DAY, QuietHours
from bot.domain.notifications.rules import ChatRules, ConnectionRules, Style
from bot.domain.tables import Column
from bot.domain.texts import Text, and_list, plural, text

DAYS = (
    text("Monday"),
    text("Tuesday"),
    text("Wednesday"),
    text("Thursday"),
    text("Friday"),
    text("Saturday"),
    text("Sunday"),
)
NEW_OWNER_MENTIONED = text("A new owner is mentioned.")
URGENT_OWNER_MENTIONED = text("The owner is mentioned on urgent changes.")

_WORKDAYS = frozenset(range(5))


def describe_quiet_hours(hours: QuietHours) -> Text:
    """Return the quiet hours as a sentence."""
    if not hours.days:
        return text("Quiet all of {whole_days}, {zone} time.", whole_days=_named(hours.whole_days), zone=_zone(hours))
    return _with_whole_days(hours) if hours.whole_days else _without_whole_days(hours)


def _without_whole_days(hours: QuietHours) -> Text:
    start, end, zone = hours.start, hours.end, _zone(hours)
    if hours.days == EVERY_DAY:
        return text("Quiet from {start} to {end}, {zone} time.", start=start, end=end, zone=zone)
    if hours.days == _WORKDAYS:
        return text("Quiet from {start} to {end} on workdays, {zone} time.", start=start, end=end, zone=zone)
    days = _named(hours.days)
    return text("Quiet from {start} to {end} on {days}, {zone} time.", start=start, end=end, days=days, zone=zone)


def _with_whole_days(hours: QuietHours) -> Text:
    start, end, zone, whole = hours.start, hours.end, _zone(hours), _named(hours.whole_days)
    if hours.days == EVERY_DAY:
        return text(
            "Quiet from {start} to {end}, and all of {whole_days}, {zone} time.",
            start=start,
            end=end,
            whole_days=whole,
            zone=zone,
        )
    if hours.days == _WORKDAYS:
        return text(
            "Quiet from {start} to {end} on workdays, and all of {whole_days}, {zone} time.",
            start=start,
            end=end,
            whole_days=whole,
            zone=zone,
        )
    return text(
        "Quiet from {start} to {end} on {days}, and all of {whole_days}, {zone} time.",
        start=start,
        end=end,
        days=_named(hours.days),
        whole_days=whole,
        zone=zone,
    )


def _zone(hours: QuietHours) -> str:
    return hours.zone.rpartition("/")[2].replace("_", " ")


def _named(days: frozenset[int]) -> Text:
    return and_list(DAYS[each] for each in sorted(days))


def describe_chat(rules: ChatRules) -> tuple[str, ...]:
    """Return the sentences about the rules of the whole chat, without the mute."""
    said = [describe_quiet_hours(rules.quiet_hours)] if rules.quiet_hours else []
    said += _skipped_authors(rules)
    in_a_day, in_a_burst = rules.budget.in_a_day, rules.budget.in_a_burst
    if in_a_day is not None:
        said.append(plural(in_a_day, "At most 1 message in 24 hours.", "At most {count} messages in 24 hours."))
    if in_a_burst is not None:
        said.append(plural(in_a_burst, "At most 1 message in 10 minutes.", "At most {count} messages in 10 minutes."))
    if rules.combine_bulk_edits:
        said.append(text("Changes of many records by one person become one summary."))
    return tuple(said)


def _skipped_authors(rules: ChatRules) -> list[Text]:
    said = [text("Changes made on cards of this chat are skipped.")] if rules.skip_own_cards else []
    said += [text("Changes by integrations are skipped.")] if rules.skip_integrations else []
    people = and_list(rules.skip_people.values())
    return [*said, text("Changes by {people} are skipped.", people=people)] if people else said


def describe_connection(rules: ConnectionRules, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the sentences about the rules of one record, without the mute."""
    said = []
    if rules.style is Style.LIVE:
        said.append(text("One live card shows the changes."))
    if rules.style is Style.DIGEST:
        said.append(text("Changes come in a digest at {time}.", time=rules.digest_at))
    if rules.value_rule:
        said.append(text("Only if {conditions}.", conditions=describe_conditions(rules.value_rule, columns)))
    if rules.urgent_rule:
        said.append(text("Urgent: {conditions}.", conditions=describe_conditions(rules.urgent_rule, columns)))
    if rules.mention_new_owner:
        said.append(NEW_OWNER_MENTIONED)
    if rules.mention_owner:
        said.append(URGENT_OWNER_MENTIONED)
    return tuple(said)
