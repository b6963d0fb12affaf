"""Dialogues: scripted clients through the whole path, and whether each reached the outcome that was committed before."""
