"""The tests of migrate-gemini."""
