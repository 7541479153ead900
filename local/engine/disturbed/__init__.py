"""AWS in trouble for some of its callers, inside of its own process: some writes of a table, one item, a topic.

`refusals` says no to whole requests as often as a test asks; here a state of AWS lasts until it is lifted, concerns
items rather than requests, and so reaches single statements of a batch.
"""
