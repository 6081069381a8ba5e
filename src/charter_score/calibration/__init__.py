"""Reviews of the same contact by several reviewers, held against each other.

`reviews` gathers them, `findings` says how far they agree; nothing here is printed.
"""
