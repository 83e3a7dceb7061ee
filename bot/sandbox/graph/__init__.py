"""A small Microsoft Graph: chats, people, teams and channels, as JSON and errors of the real one."""
