"""A year in a municipality: many write, officers answer as officers do, the clock moves. Same seed, same year.

`year` lets it happen through the real code with a database; `truths` says what must hold at its end;
`python -m tests.simulation hjo --mails 1000` prints what became of everything.
"""
