"""Measurements, printed as a table by `make bench`. Not part of CI: a figure says something on a quiet machine only."""
