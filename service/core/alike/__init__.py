"""What is about the same: matters and likeness, words to search by, answers as proposals, lessons for the rules."""
