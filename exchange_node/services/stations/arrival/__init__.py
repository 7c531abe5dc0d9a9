"""What a kept message passes on its way into the records: opened, then taken by its code."""
