"""HTTP interface of the Web API."""
