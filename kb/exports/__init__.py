"""Exports: one table of formats, each written from frozen values."""
