"""A server on this machine that speaks the protocols of the publishers, from real tables, and fails on demand."""

from tests.sources.loopback.faults import Fault
from tests.sources.loopback.server import Loopback

__all__ = ["Fault", "Loopback"]
