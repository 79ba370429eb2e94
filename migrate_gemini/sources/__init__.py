"""One module a kind of file: bytes to work on, and back."""
