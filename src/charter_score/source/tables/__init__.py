"""Tables as sources of reviews: spreadsheets, delimited text, JSON lines and Parquet."""
