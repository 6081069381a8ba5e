"""The published JSON documents, apart from the internal types, and their schemas."""
