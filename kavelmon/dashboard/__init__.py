"""What Voilà publishes: one function per page."""

from kavelmon.dashboard.composing import samenstellen
from kavelmon.dashboard.monitor import kavelmonitor
from kavelmon.dashboard.selecting import kavelselectie

__all__ = ["kavelmonitor", "kavelselectie", "samenstellen"]
