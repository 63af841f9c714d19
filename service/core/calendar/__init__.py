"""When: working days, promises and their due days, and the days and periods that people name."""
