"""Coverage-guided fuzzing, run by `make fuzz` and bounded in time."""
