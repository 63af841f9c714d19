"""What the clock brings besides the cases: morning mails, reports, the checksum, what is put aside, upkeep."""
