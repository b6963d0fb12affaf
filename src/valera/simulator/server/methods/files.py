"""getFile, and what the path that it tells leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.files.file import LARGEST_DOWNLOAD, find_file, open_path
from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.server.methods.call import Call


def get_file(call: Call) -> dict[str, Any]:
    """The path is good for an hour. Raises Refusal 400 for a file of more than 20 MB, or that is not this bot's."""
    file_id = call.parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = find_file(call.telegram.store, call.bot.id, file_id)
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    open_path(call.telegram.store, file, now=call.now)
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": file.path}


FILES: dict[str, Callable[[Call], Any]] = {"getfile": get_file}
