"""Whether and where cases are published, and what the public pages say of themselves."""

from pydantic import StrictBool

from service.core.rules.choices import Publish
from service.core.rules.fieldtypes import Address, Day, FolderAddress, Model, Text, Texts


class Accessibility(Model):
    """What the accessibility statement of the public pages says (lagen 2018:1937).

    Without `assessed` it says that nobody has looked at them yet. faults: what is not accessible, a sentence each.
    """

    assessed: Day | None = None
    updated: Day | None = None
    method: Text = "Kommunen har granskat sidorna själv."
    faults: Texts = ()
    contact: Address | None = None


class Publishing(Model):
    """Whether cases are published (C10), and where the public pages are reached.

    address: the folder on the web that `synpunkten publish` writes for; open data is described only where it is known.
    own_page: each receipt leads to a page of its own, behind an address that nobody can guess, which says how far the
    case has come.
    """

    default: Publish = Publish.ASK
    address: FolderAddress | None = None
    own_page: StrictBool = False
    licence: Text = "https://creativecommons.org/publicdomain/zero/1.0/"
    accessibility: Accessibility = Accessibility()

    @property
    def root(self) -> str:
        """The address that those of the pages begin with; empty where nobody has said it."""
        return self.address or ""
