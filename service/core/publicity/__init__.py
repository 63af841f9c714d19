"""What may be shown to others: the public's wording, what an answer gives away, files that pass on."""
