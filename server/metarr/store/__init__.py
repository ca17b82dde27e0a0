"""The only place that knows the database. One module per noun; every function takes the open transaction.

So services compose them: an item, its change-set and the answers that it awaits commit together.
"""
