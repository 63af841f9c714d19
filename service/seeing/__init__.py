"""What can be seen of the service from outside: figures, health, and letters that tell when it is in trouble.

`view` gathers, `troubles` judges, `metrics` and `health` show, `listener` serves both, `alarms` tells people.
"""
