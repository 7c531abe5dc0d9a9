"""Request → its body, however large: spooled as it comes, and no more of it than is let in."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from exchange_node.domain.transmission.content import SMALL_BYTES, Content, NewSpool


async def read_body(request: Request, limit: int, new_spool: NewSpool) -> Content | None:
    """Return the request's body, or None as soon as it exceeds the limit.

    Raises:
        ClientDisconnect: the caller broke off in the midst of it.
        StoreFullError: there is no room for it.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        return None
    spool = new_spool()
    waiting: list[bytes] = []
    waits = size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            return None
        waiting.append(chunk)
        waits += len(chunk)
        if waits >= SMALL_BYTES:
            # The disk may be slow: what others send is read meanwhile.
            await run_in_threadpool(spool.write, b"".join(waiting))
            waiting, waits = [], 0
    spool.write(b"".join(waiting))
    return spool.finish()
