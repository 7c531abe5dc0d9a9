from __future__ import annotations

import hashlib

from exchange_node.domain.access import Role
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.web.conftest import Api
from tests.web.test_api import draft
from tests.world import Pair

PHOTO = b"\xff\xd8 the second tank"
DIGEST = hashlib.sha256(PHOTO).hexdigest()


def sent(uz: Api, pair: Pair, size: int = len(PHOTO)) -> str:
    file = {
        "digest": DIGEST,
        "media_type": "image/jpeg",
        "size_bytes": size,
        "description": "The second tank.",
        "marking": "RED",
    }
    headers = uz.headers(Role.LIAISON)
    drafted = uz.client.post(
        "/api/v1/alerts", json=draft(pair, attachments=[file]), headers=headers
    ).json()
    alert_id = str(drafted["alert_id"])
    path = f"/api/v1/alerts/{alert_id}/send"
    assert uz.client.post(path, json={"to": ["customs.kz"]}, headers=headers).status_code == 202
    pair.run()
    return alert_id


def test_a_file_of_an_alert_stays_here_and_its_hash_goes(uz: Api, kz: Api, pair: Pair) -> None:
    alert_id = sent(uz, pair)
    path, ours, theirs = (
        f"/api/v1/alerts/{alert_id}/files",
        uz.headers(Role.LIAISON),
        kz.headers(Role.LIAISON),
    )

    kept = uz.client.post(path, content=PHOTO, headers=ours)
    again = uz.client.post(path, content=PHOTO, headers=ours)
    there = kz.client.get(f"/api/v1/alerts/{alert_id}", headers=theirs).json()
    compared = kz.client.post(path, content=PHOTO, headers=theirs)

    assert (kept.status_code, kept.json()["kept"], again.json()) == (201, True, kept.json())
    (told,) = there["alert"]["attachments"]
    assert (told["digest"], told["size_bytes"], told["marking"]) == (DIGEST, len(PHOTO), "RED")
    assert (compared.json()["digest"], compared.json()["kept"]) == (DIGEST, False)
    assert uz.client.get(f"{path}/{DIGEST}", headers=ours).content == PHOTO
    assert kz.client.get(f"{path}/{DIGEST}", headers=theirs).status_code == 404
    with reading(pair.uz.engine) as conn:
        actions = [one.action for one in audit.search(conn, limit=99)]
    assert {"hand-in.file", "alert.file-kept", "look.file"} <= set(actions)


def test_a_file_of_an_alert_stays_when_it_is_withdrawn(uz: Api, pair: Pair) -> None:
    alert_id, headers = sent(uz, pair), uz.headers(Role.LIAISON)
    path = f"/api/v1/alerts/{alert_id}/files"
    uz.client.post(path, content=PHOTO, headers=headers)
    uz.client.post(f"/api/v1/alerts/{alert_id}/withdraw", json={"why": "in error"}, headers=headers)

    assert uz.client.get(f"{path}/{DIGEST}", headers=headers).content == PHOTO
    assert uz.client.post(path, content=PHOTO, headers=headers).status_code == 201


def test_a_file_whose_hash_or_size_differs_is_refused_and_kept_nowhere(uz: Api, pair: Pair) -> None:
    alert_id, headers = sent(uz, pair, size=len(PHOTO) + 1), uz.headers(Role.LIAISON)
    path = f"/api/v1/alerts/{alert_id}/files"

    for content in (PHOTO, PHOTO + b"!", b""):
        refused = uz.client.post(path, content=content, headers=headers)
        assert refused.status_code == 422, refused.text
        assert "names no file of SHA-256" in refused.text
    assert uz.client.get(f"{path}/{DIGEST}", headers=headers).status_code == 404
    assert (
        uz.client.post(path, content=PHOTO, headers=uz.headers(Role.SUBMITTER)).status_code == 403
    )
    assert (
        uz.client.post("/api/v1/alerts/none/files", content=PHOTO, headers=headers).status_code
        == 404
    )
