"""A rubric put to the proof: what docs/scoring.md promises, tried on this very rubric.

`selftest` runs it all, and `report` is what it says. `cases` are the interactions that conditions
tell apart, `trials` the made-up reviews with the engine's own scores, `sampling` the choice of
them; `promises` and `bands` hold the scores against what was promised, and against those by
`variants` of the rubric.
"""
