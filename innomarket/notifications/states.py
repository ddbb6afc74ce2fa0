"""The moves of a message that people can make; the others are the drain's own."""

from innomarket.common.moves import move

MOVES = {"retry": move("failed", "waiting")}
