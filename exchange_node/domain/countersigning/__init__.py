"""An agreement's life: offered → countersigned → agreed → suspended or terminated; what permits it.

`acts` has what a party does and what travels of it, `life` the one table of what may follow what
and how a version stands on a day.
"""
