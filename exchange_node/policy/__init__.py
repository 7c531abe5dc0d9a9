"""What the agreements permit: text → agreement · gates → verdict · document → minimised document.

Nothing here reads a file, a clock or a database: agreements, moments and documents are handed in.
"""
