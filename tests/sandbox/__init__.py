"""What runs inside the environments of the programs: a process that forks, and what it changes in the SDKs.

Only the standard library and the SDK under test may be imported here.
"""
