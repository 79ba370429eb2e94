"""What each expression of a program is, found by running the program's values through its text.

`program` builds the modules and runs them to a fixed point; `machine` runs its units, on `cells`, `expressions`,
`targets` and `statements`; `calls` knows what a call does, `library` the standard library, `values` the abstract
values. Nothing here changes a program.
"""
