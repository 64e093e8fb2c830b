"""What Voilà publishes: one function per page."""

from kavelmon.dashboard.kavelmonitor import kavelmonitor

__all__ = ["kavelmonitor"]
