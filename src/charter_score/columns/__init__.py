"""The columnar engine: a rubric as expressions over the columns of a frame, a review a row."""
