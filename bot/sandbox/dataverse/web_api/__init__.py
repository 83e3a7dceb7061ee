"""The Web API over HTTP: paths and methods to answers."""
