"""Renderings of one result: each module has a render()."""
