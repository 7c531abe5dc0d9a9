"""The register of mutual assistance: matters and how they stand, their papers, their clocks."""
