"""Contracts of a kavel: what parties agree on, the loan, who gets what of a saving, and scenarios before they begin.

From the bottom up: `money` and `terms`, `loan` and `clauses`, `contract`, `settlement`, `distribution`, `trueup`,
`waterfall`; `years` (what parties give) stands on these, `scenario` beside `contract`. `sheet` is one table for report,
terminal and CSV, `command` what `kavelmon scenario` prints. `kavelmon.settling` brings contract and figures together.
"""
