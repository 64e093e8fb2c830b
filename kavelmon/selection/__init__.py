"""Which areas can become a kavel: criteria, scores, what people judge, and the way that each area goes."""
