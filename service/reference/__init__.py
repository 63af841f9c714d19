"""The reference made from the code: every command, every key of the files, and the man page (`make docs`).

`walk` reads typer's tree, `keys` the pydantic models, `meanings` says in a sentence what each key is for, and `pages`
writes. No command needs any of it to run.
"""
