"""How fast mail becomes cases, over real servers and beside a bare loop of the same parts: `python -m tests.bench`.

Nothing here is a test: figures depend on the machine. What counts is the ratio to the bare loop of the same run.
"""
