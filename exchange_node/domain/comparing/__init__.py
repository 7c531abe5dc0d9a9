"""What left one country against what entered the next: what belongs together, how near it is.

Pure: both nodes of a border reach the same result from the same notices.
"""

from exchange_node.domain.comparing.comparing import compare
from exchange_node.domain.comparing.crossing import Crossing, crossings
from exchange_node.domain.comparing.sight import Sight, sight_of

__all__ = ["Crossing", "Sight", "compare", "crossings", "sight_of"]
