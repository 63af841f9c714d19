"""`archive` in municipality.yaml: what the receiving archive wants to have in a package.

Receivers differ: a delivery agreement (leveransöverenskommelse) says what stands here. Each value has the one of the
specifications as its default.
"""

import enum
from collections.abc import Mapping

from service.core.rules.fieldtypes import Address, Model, OrganisationNumber, Text


class ErmsVersion(enum.StrEnum):
    """The version of CITS ERMS: 2.1 is the one behind FGS Ärendehantering 2.0."""

    V2_1 = "2.1"
    V3_0 = "3.0"


class Classification(Model):
    """The plan that cases are classified by (klassificeringsstruktur), and the code of each process in it.

    code: where `per_process` names no other one.
    """

    scheme: Text = "Kommunens klassificeringsstruktur"
    code: Text | None = None
    per_process: Mapping[Text, Text] = {}


class Keeping(Model):
    """What the plan for the committee's records says about these (informationshanteringsplan): kept, or disposed of.

    keep_years: counted from the day on which the case was closed; left out: kept for ever.
    """

    plan: Text = "Kommunens informationshanteringsplan"
    keep_years: int | None = None


class Archiving(Model):
    """What the package says that the register does not know."""

    organisation_number: OrganisationNumber | None = None
    contact: Address | None = None
    erms: ErmsVersion = ErmsVersion.V2_1
    classification: Classification = Classification()
    keeping: Keeping = Keeping()
    profile: Text = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
    mail_type: Text = "message/rfc822"

    def code_of(self, process: str) -> str:
        """The classification code of a case of that process; empty where the plan names none."""
        return self.classification.per_process.get(process) or self.classification.code or ""
