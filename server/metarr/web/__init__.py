"""The pages: rendered here, each one more client of the contract."""
