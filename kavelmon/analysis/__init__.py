"""Methods of the field applied to the figures: which area is like this one, what changed, what may be chance."""
