"""Background workers: process the queues lane by lane until work is done or dead-lettered, and run periodic jobs."""
