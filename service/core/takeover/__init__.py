"""Cases of the system that was used before: a row of its export is read by a mapping file and becomes a case here."""
