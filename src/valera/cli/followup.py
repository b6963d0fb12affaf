"""`valera followup`: what a shop says unasked. `valera jobs`: what failed each time."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from valera.cli.edge import settings

NONE = "none"


def _hours(_: click.Context, __: click.Parameter, given: str | None) -> list[int] | None:
    if given is None:
        return None
    try:
        return [] if given.strip().lower() == NONE else [int(hours) for hours in given.split(",")]
    except ValueError:
        raise click.BadParameter("hours before the start, such as 24,2, or none") from None


def _quiet(_: click.Context, __: click.Parameter, given: str | None) -> tuple[str, str] | None:
    if given is None:
        return None
    begins, dash, ends = given.partition("-")
    if not dash:
        raise click.BadParameter("from when to when, such as 21:00-09:00")
    return (begins.strip(), ends.strip())


@click.group()
def followup() -> None:
    """Reminders before a booking, the question how it was a day after, and the hours in which nothing is said unasked."""


@followup.command("show")
@click.option("--shop", "slug", default=None, help="Only this shop.")
def followup_show(slug: str | None) -> None:
    """What each shop has set."""
    from valera.instance.followup import describe_followup

    for line in asyncio.run(describe_followup(settings(), slug=slug)):
        click.echo(line)


@followup.command("set")
@click.option("--shop", "slug", required=True, help="Short name of the shop.")
@click.option("--reminders", callback=_hours, default=None, metavar="HOURS", help="How long before the start: 24,2; none: no reminders.")
@click.option("--feedback/--no-feedback", default=None, help="Whether clients are asked how it was.")
@click.option(
    "--quiet", callback=_quiet, default=None, metavar="FROM-TO", help="By the shop's clock: 21:00-09:00; the same twice: no quiet hours."
)
def followup_set(slug: str, reminders: list[int] | None, quiet: tuple[str, str] | None, *, feedback: bool | None) -> None:
    """Reminders of bookings that are to come are planned anew."""
    changes: dict[str, Any] = {}
    changes |= {} if reminders is None else {"reminder_hours": reminders}
    changes |= {} if feedback is None else {"feedback": feedback}
    changes |= {} if quiet is None else {"quiet_from": quiet[0], "quiet_to": quiet[1]}
    if not changes:
        raise click.UsageError("Say what: --reminders, --feedback or --no-feedback, --quiet.")
    from valera.instance.followup import set_followup

    for line in asyncio.run(set_followup(settings(), slug=slug, changes=changes)):
        click.echo(line)


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """Jobs that failed each time that they were tried: the log of the workers says why (`job_failed`)."""
    if context.invoked_subcommand is None:
        from valera.instance.followup import describe_parked

        for line in asyncio.run(describe_parked(settings())):
            click.echo(line)


@jobs.command("retry")
@click.argument("job", type=int)
def jobs_retry(job: int) -> None:
    """Try a parked JOB again, at once."""
    from valera.instance.followup import retry_job

    click.echo(asyncio.run(retry_job(settings(), job)))


@jobs.command("drop")
@click.argument("job", type=int)
def jobs_drop(job: int) -> None:
    """Give a parked JOB up."""
    from valera.instance.followup import drop_job

    click.echo(asyncio.run(drop_job(settings(), job)))
