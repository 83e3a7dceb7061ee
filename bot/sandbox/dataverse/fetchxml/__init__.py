"""FetchXML: views and queries written as XML, read and answered."""
