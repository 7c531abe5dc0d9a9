from __future__ import annotations

from exchange_node.config.shipped import shipped
from exchange_node.services.stations.posts.sealed import CONDITIONS


def test_words_for_the_condition_of_a_seal_are_those_of_the_list() -> None:
    listed = shipped("wco_schemas", "codelists", "seal_conditions.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in listed.splitlines()[1:]]

    assert {name: code for code, name, *_ in rows} == CONDITIONS
