"""Two versions of a rubric: what changed, and whether scores of the two may stand side by side.

Each change knows which figures it can touch; what may be compared follows from all of them. The
question behind every one is the same: take any review that the old rubric accepts. Does the new
one accept it, and does it say the same?

- Wording only: both accept the same reviews and give them the same figures.
- Comparable: every review of the old can be carried over to the new (`RubricChanges.carry` says
  how) and then has the same share and the same observed share.
- Not comparable: some review has another share, or cannot be carried over.

A doubt counts as a difference: where it would take more than the two documents to tell, the answer
is the stricter one.

`comparison` joins it all, and `changes` is what it says. `matching` finds the sections and criteria
of the one in the other, `stakes` the figures that a rating can touch; `rules` are the changes of
the rubric itself, `criteria` those of its parts, `wording` their texts; `example` is one review
that shows the difference.
"""
