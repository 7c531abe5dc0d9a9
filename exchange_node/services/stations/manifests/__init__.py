"""Manifests that go once more: given to who asks for one."""
