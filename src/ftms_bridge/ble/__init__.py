"""The radio: finds machines, keeps their links, and says why it cannot. Alone knows bleak."""
