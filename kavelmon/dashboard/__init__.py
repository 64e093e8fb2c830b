"""What Voilà publishes: one function per page."""

from kavelmon.dashboard.composing import samenstellen
from kavelmon.dashboard.monitor import kavelmonitor

__all__ = ["kavelmonitor", "samenstellen"]
