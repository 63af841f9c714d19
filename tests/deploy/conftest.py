"""The installation of the command line's tests serves here too."""

from tests.cli.conftest import installation

__all__ = ["installation"]
