from __future__ import annotations

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.world import Pair

MRN = "26KZ55010100041703"
WAY = "/api/v1/accompanying-document"


def test_a_paper_is_handed_out_as_a_file_to_be_saved(pair: Pair, kz: Api) -> None:
    pair.submit()
    pair.run()

    answer = kz.client.get(WAY, params={"mrn": MRN}, headers=kz.headers(Role.BORDER_POST))

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.")
    assert answer.headers["content-disposition"] == "attachment"


def test_a_paper_of_nothing_is_not_found(kz: Api) -> None:
    answer = kz.client.get(WAY, params={"mrn": MRN}, headers=kz.headers(Role.BORDER_POST))

    assert answer.status_code == 404


def test_a_submitter_gets_no_paper(pair: Pair, kz: Api) -> None:
    pair.submit()

    answer = kz.client.get(WAY, params={"mrn": MRN}, headers=kz.headers(Role.SUBMITTER))

    assert answer.status_code == 403
