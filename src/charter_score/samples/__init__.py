"""Which contacts to review next, drawn so that anybody can draw the same and nobody can choose."""
