"""Servers of the tests' own: each starts in its own directory on free loopback ports and leaves nothing behind."""
