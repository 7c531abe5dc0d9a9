"""What the papers have in common, both ways: head, persons, movements, documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange_node.domain.alert import SupportingDocument
from exchange_node.domain.assistance.papers import Person
from exchange_node.wco.alert_codec.intergov import TOP, Reader, one_of
from exchange_node.wco.building import Placed


def persons_of(above: str, persons: Sequence[Person]) -> Iterator[Placed]:
    """Place the persons under a class."""
    for n, one in enumerate(persons, start=1):
        at = f"{above}/ext:Person[{n}]"
        yield Placed(f"{at}/ext:SequenceNumeric", str(n))
        yield Placed(f"{at}/ext:RoleCode", one.role)
        yield Placed(f"{at}/ext:PersonID", one.person_id)
        yield Placed(f"{at}/ext:NameText", one.name)
        yield Placed(f"{at}/ext:CountryCode", one.country)
        yield Placed(f"{at}/ext:AddressText", one.address)


def read_persons(reader: Reader, above: str) -> tuple[Person, ...]:
    """Return the persons under a class."""
    return tuple(
        Person(
            name=one_of(block, "ext:NameText"),
            role=one_of(block, "ext:RoleCode"),
            person_id=one_of(block, "ext:PersonID"),
            country=one_of(block, "ext:CountryCode"),
            address=one_of(block, "ext:AddressText"),
        )
        for block in reader.blocks(f"{above}/ext:Person")
    )


def many(above: str, tag: str, values: Sequence[str]) -> Iterator[Placed]:
    """Place a value that may stand more than once."""
    for n, value in enumerate(values, start=1):
        yield Placed(f"{above}/ext:{tag}[{n}]", value)


def documents_of(documents: Sequence[SupportingDocument]) -> Iterator[Placed]:
    """Place the documents that are named by reference."""
    for n, one in enumerate(documents, start=1):
        yield Placed(f"{TOP}/AdditionalDocument[{n}]/ID", one.reference)
        yield Placed(f"{TOP}/AdditionalDocument[{n}]/TypeCode", one.type_code)


def read_documents(reader: Reader) -> tuple[SupportingDocument, ...]:
    """Return the documents that are named by reference."""
    return tuple(
        SupportingDocument(type_code=one_of(block, "TypeCode"), reference=one_of(block, "ID"))
        for block in reader.blocks(f"{TOP}/AdditionalDocument")
    )
