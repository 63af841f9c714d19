"""What the register is asked: cases to look at, lists and figures, which case a mail belongs to, what holds still."""
