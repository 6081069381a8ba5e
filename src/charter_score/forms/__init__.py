"""What readers and writers of forms agree on: marks, keys of rows, roles of columns, cells."""
