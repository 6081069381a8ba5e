"""One rubric for people: facts, terminal, Markdown, score sheet, changes, selftest."""
