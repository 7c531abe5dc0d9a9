"""The register of further use, on both sides: what was asked, answered, handed on."""
