"""The providers as a process of their own, on this machine only: `python -m valera.simulator.models --port 8090`."""

from __future__ import annotations

import click
import uvicorn

from valera.simulator.models.provider import Provider

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 120


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8090, show_default=True)
def main(port: int) -> None:
    """Until SIGTERM or Ctrl-C. The addresses go to standard output."""
    config = uvicorn.Config(
        Provider(),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    for base in ("openai/v1", "anthropic", "google", "switch"):
        click.echo(f"http://127.0.0.1:{port}/{base}")
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
