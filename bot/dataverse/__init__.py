"""Client of Dataverse's Web API. Only these modules know its JSON; they convert it to values of the domain."""
