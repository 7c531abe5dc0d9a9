"""The walks: the only place where rooms meet, one file a walk; a walk never calls another walk.

What one walk leaves for another is a row in the store, which the worker claims by kind. Stations
that several walks pass through the same way stand in `stations/`.
"""
