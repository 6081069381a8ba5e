"""Text of any kind made harmless, phrases, the console, diagnostics."""
