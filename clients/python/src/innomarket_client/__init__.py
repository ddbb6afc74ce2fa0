"""Typed client of the innomarket REST API, version 1."""

from .client import ApiProblem, Client, CutOff

__all__ = ["ApiProblem", "Client", "CutOff"]
