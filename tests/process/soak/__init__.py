"""A working day at many times its speed: the processes, random traffic, faults, and what the processes hold."""
