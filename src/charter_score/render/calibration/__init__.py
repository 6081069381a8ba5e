"""What `calibrate` shows: the same findings for a terminal, a page, a table and a program."""
