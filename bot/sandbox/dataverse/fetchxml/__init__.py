"""FetchXML queries, including views: parsing, execution, and results."""
