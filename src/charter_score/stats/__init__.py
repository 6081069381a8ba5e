"""Plain statistics of several reviews: pure functions, each with its formula and its source."""
