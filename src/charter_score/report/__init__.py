"""What reports say of many reviews: counts collected over a run, and plain data for pages."""
