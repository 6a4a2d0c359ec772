"""What everything here stands on: a clock, the errors, the programs that are started. The standard library only.

Small copies of what ``tagship.base`` has, cut down to what is used here: so neither package needs the other's.
"""
