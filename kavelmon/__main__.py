"""Run the command line as ``python -m kavelmon``."""

from kavelmon.cli import main

if __name__ == "__main__":
    main()
