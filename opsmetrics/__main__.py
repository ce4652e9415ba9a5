"""`python -m opsmetrics …`."""

import sys

from opsmetrics.cli import main

if __name__ == "__main__":
    sys.exit(main())
