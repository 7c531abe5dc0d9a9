"""Agreement → what people read: text, HTML page, and what two of them differ in."""
