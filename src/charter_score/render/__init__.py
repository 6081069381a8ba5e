"""Results as what people and programs read: one file a view, each a plain function."""
