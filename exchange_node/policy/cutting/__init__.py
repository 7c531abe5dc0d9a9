"""What a grant lets out of an alert → the same, cut where it may not say who is meant."""

from exchange_node.policy.cutting.nominal import cut, is_summary

__all__ = ["cut", "is_summary"]
