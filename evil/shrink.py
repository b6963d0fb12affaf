"""A failing episode made smaller: all that can be left out is tried at once, each try an episode of one batch, until nothing can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from evil.episode import Answer, Move, dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evil.episode import Episode
    from evil.run import Run

PASSES = 25
MOST_TRIES = 60


async def shrink(run: Run, episode: Episode, kinds: set[str]) -> Episode:
    """``kinds``: of the faults; what is left shows one of them still."""
    for _ in range(PASSES):
        tries = sorted({dump(smaller): smaller for smaller in smaller_ones(episode)}.values(), key=lambda one: len(dump(one)))[:MOST_TRIES]
        failing = await run.failing(tries, kinds) if tries else []
        if not failing:
            break
        episode = failing[0]
    return episode


def smaller_ones(episode: Episode) -> Iterator[Episode]:
    moves = episode.moves
    for at, move in enumerate(moves):
        if len(moves) > 1:
            yield replace(episode, moves=(*moves[:at], *moves[at + 1 :]))
        if len(moves) > 2:  # noqa: PLR2004 - an end and a beginning
            yield replace(episode, moves=moves[at : at + 2])
        for smaller in _smaller_moves(move):
            yield replace(episode, moves=(*moves[:at], smaller, *moves[at + 1 :]))
    if episode.name != "Вера":
        yield replace(episode, name="Вера")


def _smaller_moves(move: Move) -> Iterator[Move]:
    for field, value in (("later", 0), ("is_endless", False)):
        if getattr(move, field) != value:
            yield replace(move, **{field: value})
    answers = move.answers
    for at, answer in enumerate(answers):
        yield replace(move, answers=(*answers[:at], *answers[at + 1 :]))
        yield from (replace(move, answers=(*answers[:at], smaller, *answers[at + 1 :])) for smaller in _smaller_answers(answer))


def _smaller_answers(answer: Answer) -> Iterator[Answer]:
    for at in range(len(answer.calls)):
        yield replace(answer, calls=(*answer.calls[:at], *answer.calls[at + 1 :]))
    if len(answer.calls) > 3:  # noqa: PLR2004 - halves pay where there are many
        yield replace(answer, calls=answer.calls[: len(answer.calls) // 2])
        yield replace(answer, calls=answer.calls[len(answer.calls) // 2 :])
    if answer.tokens != (400, 40):
        yield replace(answer, tokens=(400, 40))
    if answer.meanwhile:
        yield replace(answer, meanwhile="")
    if len(answer.lies) > 1:
        yield from (replace(answer, text=f"{lie.span}.", lies=(lie,)) for lie in answer.lies)
