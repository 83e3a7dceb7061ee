"""The sandbox's Microsoft Graph: chats, people, teams, channels, apps, and subscriptions."""
