"""Japanese texts of the manifest."""

from collections.abc import Mapping

JAPANESE: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Dynamics 365 用 Chat Sync",
    "Connect group chats to Dynamics 365 records": "グループ チャットを Dynamics 365 のレコードに接続します",
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "グループ チャットを、サポート案件、取引先企業、またはその他の Dynamics 365 のレコードに接続します。"
        "チャットには、レコードに関するメモと、主要なフィールドが変更されるたびにカードが届きます。"
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "このチャットをレコードに接続します。quiet を付けると紹介メモを省略します"
    ),
    "Disconnect this chat from a record": "このチャットとレコードの接続を解除します",
    "List the chats connected to a record": "レコードに接続されているチャットの一覧を表示します",
    "List the current and past chats of a record": "レコードの現在と過去のチャットの一覧を表示します",
    "Join a chat connected to a record": "レコードに接続されているチャットに参加します",
    "Suggest people to talk to about a record, with the reasons": (
        "レコードについて相談できるユーザーを、理由とともに提案します"
    ),
    "List the records connected to this chat": "このチャットに接続されているレコードの一覧を表示します",
    "Start a chat with people you choose, with or without a record": (
        "選択したユーザーとのチャットを開始します。レコードはあってもなくてもかまいません"
    ),
    "Show the latest updates sent to this chat, and any problems": (
        "このチャットに最近送信された更新と、問題があればその内容を表示します"
    ),
    "Choose when and how this chat hears about changes": (
        "このチャットが変更の通知を受け取るタイミングと方法を選択します"
    ),
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "このチャットまたはそのレコードを一定時間ミュートします。mute off と入力すると解除します"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "管理者向け: レコードの種類、メモ、主要なフィールド、アクセス許可を設定します"
    ),
    "Show all commands": "すべてのコマンドを表示します",
    # Tabs
    "Chats and records": "チャットとレコード",
    # Search and action commands
    "Find records": "レコードの検索",
    "Find a record and insert its card into the chat": "レコードを検索して、そのカードをチャットに挿入します",
    "All records": "すべてのレコード",
    "Cases": "サポート案件",
    "Accounts": "取引先企業",
    "Contacts": "取引先担当者",
    "Articles": "記事",
    "Name or number": "名前または番号",
    "Connect this chat": "このチャットを接続",
    "Connect this chat to a record, such as one that a message links to": (
        "メッセージのリンク先などのレコードに、このチャットを接続します"
    ),
    "Save to record": "レコードに保存",
    "Save a message to a record as a note or a task": "メッセージをメモまたはタスクとしてレコードに保存します",
    "Timeline": "タイムライン",
    "Show the current and past chats of a record, and join them": "レコードの現在と過去のチャットを表示し、参加します",
    "New connected chat": "新しい接続されたチャット",
    "People in this chat": "このチャットのユーザー",
    "Add a person to this chat, or remove one": "このチャットにユーザーを追加するか、チャットからユーザーを削除します",
    "Connect a channel": "チャネルを接続",
    "Connect a channel of one of your teams to a record": "所属するチームのチャネルをレコードに接続します",
    "Settings": "設定",
}
