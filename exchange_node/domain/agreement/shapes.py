"""What texts of an agreement look like: names, codes, countries, languages, digests."""

from __future__ import annotations

from exchange_node.domain.agreement.keys import Shape

AGREEMENT_ID = Shape(
    pattern=r"[A-Za-z0-9][A-Za-z0-9:._-]{0,69}", example="urn:carec:maa:kz-uz:transit"
)
GRANT_ID = Shape(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}", example="manifests-kz-uz")
PURPOSE = Shape(pattern=r"[A-Z][A-Z0-9_]{1,34}", example="TRANSIT_CONTROL")
COUNTRY = Shape(pattern=r"[A-Z]{2}", example="KZ")
TERRITORY = Shape(pattern=r"[A-Z]{2}(-[A-Z0-9]{1,3})?", example="UZ-QR")
"""ISO 3166-1 alpha-2, or a subdivision of ISO 3166-2."""
LANGUAGE = Shape(pattern=r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", example="uz-Cyrl")
"""BCP 47: language, script, region."""
SHA256 = Shape(pattern=r"[0-9a-f]{64}", example="0" * 64)
MEDIA_TYPE = Shape(
    pattern=r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}",
    example="application/pdf",
)
PERCENT = Shape(pattern=r"(100|[0-9]{1,2}(\.[0-9]{1,3})?)", example="99.5")
CODE = Shape(pattern=r"[A-Za-z0-9][A-Za-z0-9:._-]{0,69}", example="CAREC-1")
MAIL = Shape(pattern=r"[^@\s]{1,64}@[^@\s]{1,190}", example="duty@customs.example")
PHONE = Shape(pattern=r"\+[0-9][0-9 ()-]{4,30}", example="+998 71 000 00 00")
OFFICE = Shape(pattern=r"[A-Z]{2}[A-Z0-9]{6}", example="UZ270101")
CHAPTER = Shape(pattern=r"[0-9]{2}", example="24")
TRANSPORT_MODE = Shape(pattern=r"[1-9]", example="3")
"""UN/ECE Recommendation 19."""
