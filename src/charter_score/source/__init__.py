"""Documents of strangers, from bytes to models."""
