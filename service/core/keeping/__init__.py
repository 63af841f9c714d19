"""What is kept, and how long: the journal's chain, disposal, the binder."""
