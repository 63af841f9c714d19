"""What a case is known by: its number, its number elsewhere, its title, the word for where it stands."""
