"""What Voilà publishes: one function per page."""

from kavelmon.dashboard.monitor import kavelmonitor

__all__ = ["kavelmonitor"]
