"""`python -m exchange_node` is the command `exchange-node`."""

from exchange_node.cli import main

if __name__ == "__main__":
    main()
