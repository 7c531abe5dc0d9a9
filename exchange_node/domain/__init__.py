"""Nouns and laws: identifiers, manifest, alert, agreement, message, states, findings, errors.

Standard library only; no input, no output, no clock. Every other room stands on this one.
"""
