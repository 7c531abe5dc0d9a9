"""An import contract for a package whose rooms are built one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from importlinter.contracts.forbidden import ForbiddenContract

if TYPE_CHECKING:
    from grimp import ImportGraph
    from importlinter.domain.contract import ContractCheck
    from importlinter.domain.imports import ModuleExpression


class ForbiddenWhereBuilt(ForbiddenContract):
    """Import Linter's `forbidden` contract, leaving out rooms that are not built yet.

    The original stops with an error when one of our modules does not exist. Here the contract
    binds a room from the day its first file appears. A misspelt room would go unnoticed, so
    tests/house holds every name in the contracts against the floors.
    """

    type_name = "forbidden_where_built"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 (inherited)
        """Check the contract for the modules that exist."""
        # Import Linter declares its fields on the class and puts their values on the instance.
        self.source_modules = _built(self.source_modules, graph)  # type: ignore[assignment]
        self.forbidden_modules = _built(self.forbidden_modules, graph)  # type: ignore[assignment]
        return super().check(graph, verbose)


def _built(expressions: object, graph: ImportGraph) -> set[ModuleExpression]:
    """Return the expressions whose module exists, is foreign to us, or has a wildcard."""
    return {
        one
        for one in cast("set[ModuleExpression]", expressions)
        if one.has_wildcard_expression()
        or not one.expression.startswith("exchange_node.")
        or one.expression in graph.modules
    }
