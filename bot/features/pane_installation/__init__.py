"""Install the commands that open the pane in Dynamics 365."""
