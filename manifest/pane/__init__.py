"""Web resources and commands that open the pane in Dynamics 365."""
