"""The examination of an installation: what is right, what is not, and what to do about it.

Each check looks at one thing and changes nothing. `whole` puts them in order; `doctor` and `setup` show them.
"""

from service.examination.check import Check, Status
from service.examination.whole import checks

__all__ = ["Check", "Status", "checks"]
