"""Copies of the register that are kept elsewhere: made while the service works, looked at, and put back.

`copying` takes the register itself, `archive` is the one file that holds it with rules and configuration, `contents`
says what a copy holds, `comparing` what the mailbox has that a copy lacks, `restoring` puts a copy back. What was done
since is found again in the mailbox by the next run (`doors/recovery`, `desk/rounds/restoration`).
"""
