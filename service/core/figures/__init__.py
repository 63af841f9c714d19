"""Figures over cases: counted, judged by what was promised, compared, and put into the tables that people read.

Pure: the cases of a period, the rules and the clock in, tables out. `counted` is a case as figures see it, `report` the
tables, `hiding` what of them may be published.
"""
