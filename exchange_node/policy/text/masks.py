"""The masks of a grant, as far as its text alone tells whether they make sense."""

from __future__ import annotations

from exchange_node.domain.agreement import Grant, Mask, MaskMethod
from exchange_node.policy.paths import SUBTREE, Coverage, root_of
from exchange_node.policy.text.toml_table import refuse


def check_masks(grant: Grant, roots: set[str], name: str, place: str) -> None:
    """Return when each mask has its method's keys and something of `allow` to mask.

    Args:
        roots: of the documents that the grant's messages carry.
        place: of the grant.

    Raises:
        InvalidAgreementError: a mask has not, or a field has two; its facts name the place.
    """
    allowed = Coverage.of(grant.allow)
    seen: set[str] = set()
    for number, mask in enumerate(grant.masks, start=1):
        at = f"{place}.mask[{number}]"
        if root_of(mask.path) not in roots:
            why = f"{mask.path} is not within {' or '.join(sorted(roots))}"
            refuse(name, f"{at}.path", why)
        if mask.path in seen:
            refuse(name, f"{at}.path", f"{mask.path} stands there twice")
        seen.add(mask.path)
        _check_method(mask, name, at)
        if not allowed.covers(mask.path.removesuffix(SUBTREE)):
            why = f"allow does not let {mask.path} out, so that there is nothing to mask"
            refuse(name, f"{at}.path", why)
        if mask.method is MaskMethod.DROP:
            _check_dropped(mask, grant, name, at)


def _check_method(mask: Mask, name: str, at: str) -> None:
    wants = {
        MaskMethod.TRUNCATE: ("keep", "keep_last"),
        MaskMethod.GENERALISE: ("to",),
    }.get(mask.method, ())
    said = [one for one in ("keep", "keep_last", "to") if getattr(mask, one) is not None]
    for one in said:
        if one not in wants:
            refuse(name, f"{at}.{one}", f"{mask.method.value} has no such key")
    if wants and len(said) != 1:
        refuse(name, at, f"{mask.method.value} wants {' or '.join(wants)}")
    if mask.path.endswith(SUBTREE) and mask.method is not MaskMethod.DROP:
        refuse(name, f"{at}.path", f"{mask.method.value} is for single elements, not for a subtree")


def _check_dropped(mask: Mask, grant: Grant, name: str, at: str) -> None:
    """Refuse what is allowed and dropped in one breath: `drop` is for a part of a subtree."""
    if mask.path in grant.allow:
        why = f"{mask.path} stands in allow: take it out there, drop is for a part of a subtree"
        refuse(name, f"{at}.path", why)
    dropped = Coverage.of((mask.path,))
    for path in grant.require:
        if dropped.covers(path):
            refuse(name, f"{at}.path", f"{path} is required, but it is dropped")
