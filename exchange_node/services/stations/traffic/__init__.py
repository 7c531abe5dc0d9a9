"""What pushing and pulling do the same way: take a partner's message · settle one of ours."""
