"""The border post's companion: what is expected, kept where the line may be down.

    line ─▶ syncing ─▶ store ─▶ companion: found · verified · recorded ─▶ syncing ─▶ line

It believes nothing but signatures of the certificates it was given, and it says how old what it
knows is. Everything in its store is encrypted; keys to look for are hashes under a key of its own.
"""

from exchange_node.post.companion import Post
from exchange_node.post.line import HttpLine, Line
from exchange_node.post.making import Setting, create
from exchange_node.post.recording import Observation
from exchange_node.post.trust import pems
from exchange_node.security.carried import code_in

__all__ = ["HttpLine", "Line", "Observation", "Post", "Setting", "code_in", "create", "pems"]
