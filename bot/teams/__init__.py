"""Client of Microsoft Teams and other channels of the Bot Framework, through botbuilder."""
