"""Documents of other customisations of the data model, and of other versions of ours."""
