"""Pure functions: figures in, figures out."""
