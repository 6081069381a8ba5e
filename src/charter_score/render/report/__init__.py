"""Reports as HTML, Markdown, JSON and a workbook."""
