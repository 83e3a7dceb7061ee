"""The values of the column Priority of cases in the sandbox."""

HIGH, NORMAL, LOW = 1, 2, 3
