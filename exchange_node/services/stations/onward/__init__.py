"""Further use of what a partner sent: letters that ask, tell and answer; what a person is shown."""
