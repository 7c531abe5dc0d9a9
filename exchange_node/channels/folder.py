"""Notices as JSON files in a folder, one each, complete or not there at all."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from exchange_node.channels.channel import Notice
from exchange_node.domain.errors import ChannelError


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """Writes each notice to `<folder>/<notice id>.json`; a national system takes it from there."""

    folder: Path

    def tell(self, notice: Notice) -> None:
        """Write the notice; see `Channel.tell`."""
        name = re.sub(r"[^A-Za-z0-9._-]", "_", notice.notice_id)
        text = json.dumps(notice.as_plain(), ensure_ascii=False, indent=2)
        unfinished = self.folder / f".{name}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.folder / f"{name}.json")
            # The new name, too, has to survive a power cut before the notice counts as told.
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as err:
            raise ChannelError(where=str(self.folder), why=err.strerror or str(err)) from None
