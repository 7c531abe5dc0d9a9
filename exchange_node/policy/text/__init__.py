"""The text of an agreement: TOML → what it says, and back."""
