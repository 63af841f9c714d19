"""people.yaml: departments, units and people, and who they answer for."""

from service.core.rules.fieldtypes import Address, Addresses, Flag, Id, Model, SomeAddresses, Text


class Department(Model):
    """A department (förvaltning) under a committee (nämnd), which is an authority of its own."""

    id: Id
    name: Text
    committee: Text | None = None
    head: Address | None = None
    registrar: Address | None = None
    secretary: Address | None = None
    secrecy_folder: Text | None = None  # of the mailbox, where its secret cases have one of their own


class Unit(Model):
    """A unit (enhet): its manager answers for its cases (SPA-31). `secrecy`: its cases are secret from the start."""

    id: Id
    name: Text
    department: Id
    manager: Address
    officers: Addresses = ()
    secrecy: Flag = False
    copy_manager: Flag = False  # SPA-30


class Person(Model):
    """A member of staff as mails name them. `substitute` takes over in absence."""

    email: Address
    name: Text
    title: Text | None = None
    phone: Text | None = None
    substitute: Address | None = None


class People(Model):
    """people.yaml: who there is."""

    departments: tuple[Department, ...] = ()
    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    registrars: SomeAddresses
