"""What is measured, and how anyone can measure it again. Each prints a table and a line of JSON."""
