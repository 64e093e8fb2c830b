"""What care in an area cost less than it would have without a Kavelmodel, how sure that is, and what may be said."""

from kavelmon.savings.run import Estimate, estimate

__all__ = ["Estimate", "estimate"]
