"""A small client of the node's own API, as a national system would have one."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from exchange_node.domain.errors import RehearsalError
from exchange_node.domain.finding import Finding


@dataclass
class ApiClient:
    """Speaks to one node's API with one token."""

    base_url: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30.0,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> dict[str, object]:
        """Return the JSON object at a path.

        Raises:
            RehearsalError: the API refused, or did not answer.
        """
        return self._call("GET", path, query=query)

    def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        """Post a JSON object and return the answer's.

        Raises:
            RehearsalError: the API refused, or did not answer.
        """
        return self._call("POST", path, body=body)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, object] | None = None,
    ) -> dict[str, object]:
        try:
            answer = self._http.request(method, f"/api/v1{path}", params=query, json=body)
            content = answer.json()
        except (httpx.HTTPError, ValueError) as err:
            raise RehearsalError(step=f"{method} {path}", why=str(err) or repr(err)) from None
        if not isinstance(content, dict):
            raise RehearsalError(step=f"{method} {path}", why="the answer is no JSON object")
        if answer.is_error:
            findings = content.get("findings")
            found = (
                [Finding.from_dict(one) for one in findings] if isinstance(findings, list) else []
            )
            why = str(content.get("detail", content.get("state", answer.status_code)))
            raise RehearsalError(found, step=f"{method} {path}", why=why)
        return content
