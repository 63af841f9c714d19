"""What the sender wrote now, told from quoted history, signatures and footers."""
