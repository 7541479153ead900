"""What becomes of a request for a person's decision: pure rules over `functions.approvals`.

policy: the numbers; phrase: what a person types; ballots: what an answer does; standing: how a request ends;
rounds: what is due; storms: many alike become one; sights: who looked.
"""
