"""Activity tables, activity parties, and notes."""

from bot.sandbox.dataverse.schema.build import (
    READ_ONLY,
    Names,
    active_inactive,
    choice,
    guid,
    lookup,
    lookup_any,
    memo,
    moment,
    parties,
    states,
    table,
    table_name,
    text,
    whole,
    yes_no,
)
from bot.sandbox.dataverse.schema.model import Column, Ownership, Table

REGARDING = (
    "account",
    "contact",
    "incident",
    "knowledgearticle",
    "lead",
    "msdyn_workorder",
    "opportunity",
)

ACTIVITY_PRIVILEGE = "Activity"
"""Suffix of the privileges that all of Dataverse's own activities share."""

PARTICIPATION = {
    1: "Sender",
    2: "To Recipient",
    3: "CC Recipient",
    4: "BCC Recipient",
    5: "Required attendee",
    6: "Optional attendee",
    7: "Organizer",
    8: "Regarding",
    9: "Owner",
    10: "Resource",
    11: "Customer",
    12: "Chat Participant",
}


def _activity(name: str, label: str, plural: str, set_name: str, type_code: int, *columns: Column) -> Table:
    collections = ((target, f"{target.capitalize()}_{plural.replace(' ', '')}") for target in REGARDING)
    return table(
        Names(
            name=name,
            label=label,
            plural=plural,
            set_name=set_name,
            primary_id="activityid",
            primary_name="subject",
            privilege=ACTIVITY_PRIVILEGE,
        ),
        type_code,
        table_name("activitytypecode", "Activity Type", **READ_ONLY),
        lookup_any("regardingobjectid", "Regarding", *collections, suffix=f"_{name}"),
        *columns,
        is_activity=True,
    )


EMAIL = _activity(
    "email",
    "Email",
    "Emails",
    "emails",
    4202,
    text("subject", "Subject", 800),
    memo("description", "Description", 1_000_000, rich=True),
    parties("from", "From", 1),
    parties("to", "To", 2),
    parties("cc", "CC", 3),
    parties("bcc", "BCC", 4),
    text("sender", "From Address", 250, form="Email"),
    text("torecipients", "To Recipients", 500, form="Email"),
    yes_no("directioncode", "Direction", "Incoming", "Outgoing"),
    choice("prioritycode", "Priority", {0: "Low", 1: "Normal", 2: "High"}),
    moment("senton", "Date Sent"),
    whole("attachmentcount", "Attachment Count", **READ_ONLY),
    text("messageid", "Message ID", 320),
    guid("conversationindexid", "Conversation"),
    *states(
        (0, "Open", {1: "Draft", 8: "Failed"}),
        (1, "Completed", {2: "Completed", 3: "Sent", 4: "Received", 6: "Pending Send", 7: "Sending"}),
        (2, "Canceled", {5: "Canceled"}),
    ),
)

TASK = _activity(
    "task",
    "Task",
    "Tasks",
    "tasks",
    4212,
    text("subject", "Subject", 200, required=True),
    memo("description", "Description"),
    choice("prioritycode", "Priority", {0: "Low", 1: "Normal", 2: "High"}),
    moment("scheduledstart", "Start Date"),
    moment("scheduledend", "Due Date"),
    moment("actualend", "Actual End"),
    whole("actualdurationminutes", "Duration"),
    whole("percentcomplete", "Percent Complete", 100),
    text("category", "Category", 250),
    *states(
        (0, "Open", {2: "Not Started", 3: "In Progress", 4: "Waiting on someone else", 7: "Deferred"}),
        (1, "Completed", {5: "Completed"}),
        (2, "Canceled", {6: "Canceled"}),
    ),
)

CHAT = _activity(
    "chat",
    "Teams chat",
    "Teams chats",
    "chats",
    10_200,
    text("subject", "Subject", 250, required=True),
    memo("description", "Description"),
    text("teamschatid", "Teams chat ID", 100),
    moment("modifiedinteamson", "Modified in Teams On"),
    parties("modifiedinteamsby", "Modified in Teams By", 1),
    guid("modifiedinteamsbyactivitypartyid", "Modified in Teams By (Party)"),
    lookup("linkedby", "Linked By", "systemuser", "user_linked_chats", "LinkedBy", **READ_ONLY),
    moment("linkedon", "Linked On", **READ_ONLY),
    lookup("unlinkedby", "Unlinked By", "systemuser", "user_unlinked_chats", "UnLinkedBy", **READ_ONLY),
    moment("unlinkedon", "Unlinked On", **READ_ONLY),
    choice("syncstatus", "Sync Status", {0: "Not Enabled", 1: "Pending", 2: "Enabled"}),
    whole("lastsyncerror", "Last Sync Error"),
    memo("eventssummary", "Events Summary", 10_000, rich=True, **READ_ONLY),
    memo("activityadditionalparams", "Additional Parameters", 8192),
    *states(
        (0, "Open", {1: "Open"}),
        (1, "Completed", {2: "Completed"}),
        (2, "Canceled", {3: "Canceled"}),
        (3, "Scheduled", {4: "Scheduled"}),
    ),
)

ACTIVITIES = ("chat", "email", "msdyn_ocliveworkitem", "task")

ACTIVITY_PARTY = table(
    Names(
        name="activityparty",
        label="Activity Party",
        plural="Activity Parties",
        set_name="activityparties",
        schema_name="ActivityParty",
        primary_name="addressused",
        privilege=ACTIVITY_PRIVILEGE,
    ),
    135,
    lookup_any("activityid", "Activity", *((name, f"{name}_activity_parties") for name in ACTIVITIES), updatable=False),
    lookup_any(
        "partyid",
        "Party",
        *((name, f"{name}_activity_parties") for name in ("account", "contact", "knowledgearticle", "systemuser")),
    ),
    choice("participationtypemask", "Participation Type", PARTICIPATION),
    text("addressused", "Address", 320),
    yes_no("ispartydeleted", "Is Party Deleted", **READ_ONLY),
    ownership=Ownership.NONE,
    rights_from="activityid",
    tracked=False,
)

TABLES_WITH_NOTES = (*REGARDING, "email", "task")
"""Tables whose rows can have notes."""

NOTE = table(
    Names(
        name="annotation",
        label="Note",
        plural="Notes",
        set_name="annotations",
        primary_name="subject",
        privilege="Note",
    ),
    5,
    text("subject", "Title", 500),
    memo("notetext", "Description", 100_000),
    lookup_any(
        "objectid",
        "Regarding",
        *((name, f"{name.capitalize()}_Annotation") for name in TABLES_WITH_NOTES),
    ),
    table_name("objecttypecode", "Object Type", **READ_ONLY),
    yes_no("isdocument", "Is Document"),
    text("filename", "File Name", 255),
    text("mimetype", "Mime Type", 256),
    whole("filesize", "File Size (Bytes)", **READ_ONLY),
)

CHAT_ASSOCIATION = table(
    Names(
        name="msdyn_teamschatassociation",
        label="Teams Chat Association",
        plural="Teams Chat Associations",
        set_name="msdyn_teamschatassociations",
        primary_name="msdyn_teamschatassociationname",
    ),
    10_210,
    text("msdyn_teamschatassociationname", "Name"),
    text("msdyn_teamschatid", "Teams Chat ID"),
    text("msdyn_regardingobjectid", "Regarding Object ID", required=True),
    text("msdyn_regardingobjectname", "Regarding Object Type Name"),
    choice("msdyn_entityrecordstate", "Record State", {0: "Associate", 1: "Disassociate"}),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
)

COLLABORATION = table(
    Names(
        name="msdyn_teamscollaboration",
        label="Microsoft Teams Collaboration entity",
        plural="Microsoft Teams Collaboration entities",
        set_name="msdyn_teamscollaborations",
        primary_name="msdyn_teamname",
        schema_name="msdyn_TeamsCollaboration",
    ),
    10_211,
    text("msdyn_teamname", "Collaboration Team Name", 300),
    text("msdyn_teamid", "Collaboration Team ID", required=True),
    guid("msdyn_groupid", "Collaboration Group Identifier", required=True),
    text("msdyn_channelid", "Collaboration channel ID", required=True),
    text("msdyn_channelname", "Collaboration Channel Name", 300),
    guid("regardingobjectid", "Related Dynamics 365 Record ID", required=True),
    text("regardingobjecttypename", "Related Dynamics 365 Record Type Name", 200, required=True),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
)
