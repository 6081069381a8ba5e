"""What readers and writers agree on: marks, keys and columns of the form, cells, YAML scalars."""
