"""The command line's edge: errors with a name become sentences, settings that make no sense are said so."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from valera.kit.errors import ValeraError

if TYPE_CHECKING:
    from valera.settings import Settings


class Commands(click.Group):
    """The CLI's edge: an error with a name is a sentence and exit code 1; anything else is a bug and says so."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValeraError as error:
            click.echo(f"valera: {error.detail or error.slug}", err=True)
            sys.exit(1)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            sys.exit(130)


def settings() -> Settings:
    from pydantic import ValidationError

    from valera.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        refuse("; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()))


def refuse(sentence: str) -> NoReturn:
    click.echo(f"valera: a setting makes no sense. {sentence}. See docs/operations.md.", err=True)
    sys.exit(2)
