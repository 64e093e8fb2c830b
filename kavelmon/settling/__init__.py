"""A contract settled on figures: what parties give, or open cost data; in words, as tables, as a report.

From the bottom up: `figures`, `words`, `tables`, `report` and `command`.
"""

from kavelmon.settling.figures import Settled, settle

__all__ = ["Settled", "settle"]
