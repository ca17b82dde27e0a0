"""`python -m metarr.cli`, where the command `metarr` is not on the path."""

from metarr.cli import main

if __name__ == "__main__":
    main()
