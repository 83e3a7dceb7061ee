"""The post room: works off what is kept, lane by lane, until it is done or parked."""
