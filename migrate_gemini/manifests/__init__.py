"""Manifests: what a project asks of google-generativeai and google-genai is made what its code needs after a run."""
