"""A made-up world around the real service: years in seconds, and all that breaks drawn from a seed.

`weather` says what breaks and when. `mailserver` and `postoffice` stand in for IMAP and SMTP. `world` is a town whose
service may die at any step; `people` write to it by their habits, and other `hands` meddle with its mailbox, clock,
register and rules. In `storm` time jumps from one event to the next. `laws` says what must hold whatever happened,
`running` makes many storms and counts, and `planted` puts faults into the service, which a simulation that is worth
anything finds.
"""
