"""Back door: Dataverse's Web API. What it says on the wire becomes values of the domain here, and nowhere else."""
