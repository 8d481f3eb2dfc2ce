"""Brings sensor readings into order before they are stored."""
