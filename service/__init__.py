"""The service that takes care of a municipality's feedback mailbox."""

__version__ = "0.1.0"
