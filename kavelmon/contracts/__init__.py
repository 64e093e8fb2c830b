"""Contracts of a kavel: what parties agree on, the loan, who gets what of a saving, and scenarios before they begin.

From the bottom up: `money` and `terms`, `loan` and `clauses`, `contract`, `settlement`, `distribution`, `trueup`,
`waterfall`; `scenario` stands beside `contract`.
"""
