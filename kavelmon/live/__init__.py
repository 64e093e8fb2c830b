"""Figures from where they are published: the only room that asks a network anything."""
