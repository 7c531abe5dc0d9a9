"""How a file of a format is recognised and taken apart: tables of a profile → checked layouts."""

from exchange_node.mapping.profile.recognition.checking import detection
from exchange_node.mapping.profile.recognition.detection import Detection, Kind

__all__ = ["Detection", "Kind", "detection"]
