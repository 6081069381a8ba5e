"""Results of reviews, one file a format."""
