"""What a municipality has decided: its rules folder as values, and what they make of a mail."""
