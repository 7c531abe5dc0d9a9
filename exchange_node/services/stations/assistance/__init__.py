"""Papers of mutual assistance → the register: what officers draft and what partners send alike."""
