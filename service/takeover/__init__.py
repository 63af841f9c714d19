"""Taking cases over from the system that was used before: its file is read, row by row, and each becomes a case."""
