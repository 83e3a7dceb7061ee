"""Arabic texts of the manifest."""

from collections.abc import Mapping

ARABIC: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync لـ Dynamics 365",
    "Connect group chats to Dynamics 365 records": "توصيل الدردشات الجماعية بسجلات Dynamics 365",
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "قم بتوصيل دردشة جماعية بحالة أو حساب أو سجل آخر في Dynamics 365. "
        "تتلقى الدردشة ملاحظة حول السجل، وبطاقة كلما تغيّر حقل رئيسي."
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "توصيل هذه الدردشة بسجل؛ أضف quiet لتخطي الملاحظة التمهيدية"
    ),
    "Disconnect this chat from a record": "فصل هذه الدردشة عن سجل",
    "List the chats connected to a record": "عرض قائمة الدردشات المتصلة بسجل",
    "List the current and past chats of a record": "عرض قائمة الدردشات الحالية والسابقة لسجل",
    "Join a chat connected to a record": "الانضمام إلى دردشة متصلة بسجل",
    "Suggest people to talk to about a record, with the reasons": "اقتراح أشخاص للتحدث معهم حول سجل، مع ذكر الأسباب",
    "List the records connected to this chat": "عرض قائمة السجلات المتصلة بهذه الدردشة",
    "Start a chat with people you choose, with or without a record": "بدء دردشة مع أشخاص تختارهم، مع سجل أو بدونه",
    "Show the latest updates sent to this chat, and any problems": (
        "عرض آخر التحديثات المرسلة إلى هذه الدردشة، وأي مشكلات"
    ),
    "Choose when and how this chat hears about changes": "اختيار وقت إعلام هذه الدردشة بالتغييرات وكيفيته",
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "كتم هذه الدردشة أو أحد سجلاتها لفترة من الوقت؛ اكتب mute off لإنهاء الكتم"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "للمسؤولين: تعيين أنواع السجلات والملاحظات والحقول الرئيسية والأذونات"
    ),
    "Show all commands": "عرض جميع الأوامر",
    # Tabs
    "Chats and records": "الدردشات والسجلات",
    # Search and action commands
    "Find records": "البحث عن سجلات",
    "Find a record and insert its card into the chat": "البحث عن سجل وإدراج بطاقته في الدردشة",
    "All records": "جميع السجلات",
    "Cases": "الحالات",
    "Accounts": "الحسابات",
    "Contacts": "جهات الاتصال",
    "Articles": "المقالات",
    "Name or number": "الاسم أو الرقم",
    "Connect this chat": "توصيل هذه الدردشة",
    "Connect this chat to a record, such as one that a message links to": (
        "توصيل هذه الدردشة بسجل، مثل سجل يشير إليه ارتباط في رسالة"
    ),
    "Save to record": "الحفظ في سجل",
    "Save a message to a record as a note or a task": "حفظ رسالة في سجل كملاحظة أو مهمة",
    "Timeline": "المخطط الزمني",
    "Show the current and past chats of a record, and join them": "عرض الدردشات الحالية والسابقة لسجل والانضمام إليها",
    "New connected chat": "دردشة متصلة جديدة",
    "People in this chat": "الأشخاص في هذه الدردشة",
    "Add a person to this chat, or remove one": "إضافة شخص إلى هذه الدردشة أو إزالة شخص منها",
    "Connect a channel": "توصيل قناة",
    "Connect a channel of one of your teams to a record": "توصيل قناة في أحد فرقك بسجل",
    "Settings": "الإعدادات",
}
