"""The command line: words into requests, results to their places."""
