"""Turns the facts of `infer` into edits: `groups` decides what moves together, one module a concern makes the edits,
`edits` applies them with LibCST to the statements that they touch and to nothing else."""
