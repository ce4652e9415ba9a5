"""The command line: `python -m opsmetrics COMMAND …`."""

from opsmetrics.cli.main import main

__all__ = ["main"]
