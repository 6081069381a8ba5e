"""Plain statistics: intervals, control charts, funnels, exact tests; formulas in the docstrings."""
