"""A movement → the declaration that a national system of the Eurasian Union would write for it.

The shape is that of the sample (`rehearsal/samples`); what the declaration does not carry stands
in the facts beside it.
"""

from __future__ import annotations

import html
import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.errors import RehearsalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exchange_node.rehearsal.traffic.movement import Goods, Movement, Trader

NUMERIC: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AF": ("004", "АФГАНИСТАН"), "AZ": ("031", "АЗЕРБАЙДЖАН"), "CN": ("156", "КИТАЙ"),
        "GE": ("268", "ГРУЗИЯ"), "KG": ("417", "КИРГИЗИЯ"), "KZ": ("398", "КАЗАХСТАН"),
        "MN": ("496", "МОНГОЛИЯ"), "PK": ("586", "ПАКИСТАН"), "TJ": ("762", "ТАДЖИКИСТАН"),
        "TM": ("795", "ТУРКМЕНИСТАН"), "UZ": ("860", "УЗБЕКИСТАН"),
    }
)  # fmt: skip
"""ISO 3166-1: number and Russian name."""

DECLARED_IN = frozenset({"KZ"})
"""Sending countries whose declarations this writes: those with a shipped profile for the shape."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made-up traffic: nothing in it is real. -->
<ESADout_CU xmlns="urn:customs.ru:Information:CustomsDocuments:ESADout_CU:5.23.0" \
xmlns:cat_ru="urn:customs.ru:CommonAggregateTypes:5.22.0" \
xmlns:catESAD_cu="urn:customs.ru:CUESADCommonAggregateTypesCust:5.22.0" \
xmlns:RUScat_ru="urn:customs.ru:RUSCommonAggregateTypes:5.22.0" \
xmlns:RUDECLcat="urn:customs.ru:RUDeclCommonAggregateTypesCust:5.23.0" DocumentModeID="1006107E">
"""


def require_declared(sender: str) -> None:
    """Pass a sending country whose declarations can be written.

    Raises:
        RehearsalError: none of that country's are.
    """
    if sender not in DECLARED_IN:
        known = ", ".join(sorted(DECLARED_IN))
        why = f"declarations are made up for {known} alone, not for {sender}"
        raise RehearsalError(step="writing a declaration", why=why)


def declaration_of(one: Movement) -> bytes:
    """Return the declaration of a movement, UTF-8."""
    packages = sum(goods.packages for goods in one.goods)
    cost = sum(goods.value for goods in one.goods)
    made = f"{one.released_at:%Y-%m-%dT%H:%M:%S}"
    lines = [
        _c("DocumentID", _uuid(one.stamp)),
        (
            f"<EECEDocHeaderAddInfo>{_r('EDocCode', 'R.036')}{_r('EDocDateTime', made)}"
            f"{_r('LanguageCode', 'RU')}</EECEDocHeaderAddInfo>"
        ),
        "<CustomsProcedure>ТТ</CustomsProcedure><TransitDirectionCode>ЭК</TransitDirectionCode>",
        f"<RecipientCountryCode>{one.recipient}</RecipientCountryCode>",
        f"<ExecutionPlace>{html.escape(one.consignor.city)}</ExecutionPlace>",
        "<ESADout_CUGoodsShipment>",
        _e("TotalGoodsNumber", len(one.goods)) + _e("TotalPackageNumber", packages),
        _e("TotalCustCost", cost) + _e("CustCostCurrencyCode", "USD"),
        _trader("ESADout_CUConsignor", one.consignor),
        _trader("ESADout_CUConsignee", one.consignee),
        _trader("ESADout_CUDeclarant", one.declarant),
        _trader("ESADout_CUCarrier", one.carrier),
        _transport(one),
        "<ESADout_CUMainContractTerms>",
        _e("ContractCurrencyCode", "USD") + _e("ContractCurrencyRate", "512.34"),
        _e("TotalInvoiceAmount", cost) + "</ESADout_CUMainContractTerms>",
        *(_goods(one, place, goods) for place, goods in enumerate(one.goods, start=1)),
        (
            f"<TDGuarantee>{_e('MeasureCode', '02')}{_e('DocNumber', one.guarantee)}"
            f"{_e('DocDate', _day(one))}</TDGuarantee>"
        ),
        "</ESADout_CUGoodsShipment>",
        "<FilledPerson><RUDECLcat:SigningDetails>",
        _c("PersonSurname", "Примерова") + _c("PersonName", "Айгуль") + _r("SigningDate", made),
        "</RUDECLcat:SigningDetails></FilledPerson>",
        "</ESADout_CU>\n",
    ]
    return (_HEAD + "\n".join(lines)).encode()


def facts_of(one: Movement) -> str:
    """Return what the declaration does not carry, as JSON."""
    facts: dict[str, object] = {
        "MRN": one.mrn,
        "AcceptanceDateTime": one.released_at.isoformat(),
        "ReleaseDateTime": one.released_at.isoformat(),
        "ControlResult": "A2",
        "ControlResultDate": _day(one),
        "Itinerary": [one.sender, one.recipient],
        "LoadingLocation": "KZALA",
        "TransitLimitDate": one.limit.date().isoformat(),
        "CustomsSeal": list(one.seals),
        "OfficeOfExit": one.exit,
        "OfficeOfEntry": one.entry,
    }
    plain = {"supplied_by": "made-up traffic", "Facts": facts}
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _transport(one: Movement) -> str:
    means = "".join(
        f"<RUTransportMeans>{_c('TransportIdentifier', plate)}"
        f"{_c('TransportMeansNationalityCode', one.nationality)}</RUTransportMeans>"
        for plate in (one.tractor, one.trailer)
    )
    return "\n".join(
        (
            f"<ESADout_CUConsigment>{_e('ContainerIndicator', int(bool(one.container)))}",
            _e("DispatchCountryCode", one.sender)
            + _e("DispatchCountryName", NUMERIC[one.sender][1])
            + _e("DestinationCountryCode", one.recipient)
            + _e("DestinationCountryName", NUMERIC[one.recipient][1]),
            (
                f"<ESADout_CUDepartureArrivalTransport>{_c('TransportModeCode', '31')}"
                f"{_c('TransportNationalityCode', one.nationality)}"
                f"<TransportMeansQuantity>2</TransportMeansQuantity>{means}"
                "</ESADout_CUDepartureArrivalTransport>"
            ),
            f"<DateExpectedArrival>{one.expected_arrival:%Y-%m-%d}</DateExpectedArrival>",
            f"<TimeExpectedArrival>{one.expected_arrival:%H:%M:%S}</TimeExpectedArrival>",
            f"<PPBorderCustoms>{_office(one.departure)}</PPBorderCustoms>",
            (
                f"<TDDeliveryPlace><DeliveryCustomsOffice>{_office(one.destination)}"
                "</DeliveryCustomsOffice></TDDeliveryPlace></ESADout_CUConsigment>"
            ),
        )
    )


def _goods(one: Movement, place: int, goods: Goods) -> str:
    waybill = (
        _c("PrDocumentName", "CMR")
        + _c("PrDocumentNumber", one.waybill)
        + _c("PrDocumentDate", _day(one))
        + _e("PresentedDocumentModeCode", "02015")
    )
    box = (
        f"<ESADContainer>{_e('ContainerQuantity', 1)}<catESAD_cu:ContainerNumber>"
        f"{_e('ContainerIdentificaror', one.container)}{_e('FullIndicator', 2)}"
        "</catESAD_cu:ContainerNumber></ESADContainer>"
        if one.container
        else ""
    )
    return "\n".join(
        (
            f"<ESADout_CUGoods>{_e('GoodsNumeric', place)}",
            _e("GoodsDescription", goods.description),
            _e("GrossWeightQuantity", goods.gross_kg) + _e("NetWeightQuantity", goods.net_kg),
            _e("InvoicedCost", goods.value) + _e("GoodsTNVEDCode", goods.code),
            _e("OriginCountryCode", goods.origin) + "<CurrencyCode>USD</CurrencyCode>",
            f"<ESADout_CUPresentedDocument>{waybill}</ESADout_CUPresentedDocument>",
            (
                f"<ESADGoodsPackaging>{_e('PakageQuantity', goods.packages)}"
                f"{_e('PakageTypeCode', 1)}"
                f"<catESAD_cu:PackingInformation>{_e('PackingCode', goods.package_kind)}"
                f"</catESAD_cu:PackingInformation></ESADGoodsPackaging>{box}</ESADout_CUGoods>"
            ),
        )
    )


def _trader(name: str, one: Trader) -> str:
    return (
        f"<{name}>{_c('OrganizationName', one.name)}"
        f"<RUScat_ru:SubjectAddressDetails>{_r('CountryCode', one.country)}"
        f"{_r('CounryName', NUMERIC[one.country][1])}{_r('City', one.city)}"
        f"{_r('StreetHouse', one.street)}</RUScat_ru:SubjectAddressDetails></{name}>"
    )


def _office(code: str) -> str:
    return _c("Code", code[2:]) + _c("CustomsCountryCode", NUMERIC[code[:2]][0])


def _day(one: Movement) -> str:
    return f"{one.released_at:%Y-%m-%d}"


def _uuid(stamp: str) -> str:
    parts = (stamp[:8], stamp[8:12], stamp[12:16], stamp[16:20], stamp[20:])
    return "-".join(parts)


def _c(name: str, value: object) -> str:
    return f"<cat_ru:{name}>{html.escape(str(value))}</cat_ru:{name}>"


def _e(name: str, value: object) -> str:
    return f"<catESAD_cu:{name}>{html.escape(str(value))}</catESAD_cu:{name}>"


def _r(name: str, value: object) -> str:
    return f"<RUScat_ru:{name}>{html.escape(str(value))}</RUScat_ru:{name}>"
