"""What people say and mean: commands, yes and no, thanks, notes, what is quoted, in which language."""
