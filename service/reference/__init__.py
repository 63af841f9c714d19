"""The reference made from the code: every command, every key of the files, and the man page (`make docs`).

`walk` reads typer's tree, `keys` the pydantic models, `meanings` says in a sentence what each key is for, and `pages`
writes. `editors` gives the meanings to editors; `picture` draws the demo for the README.
"""
