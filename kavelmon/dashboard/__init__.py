"""What Voilà publishes: one function per page."""

from kavelmon.dashboard.composing import samenstellen
from kavelmon.dashboard.costing import kosten_en_verdeling
from kavelmon.dashboard.monitor import kavelmonitor
from kavelmon.dashboard.selecting import kavelselectie

__all__ = ["kavelmonitor", "kavelselectie", "kosten_en_verdeling", "samenstellen"]
