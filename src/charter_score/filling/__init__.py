"""Filling in a review question by question: the file, and the conversation about it."""
