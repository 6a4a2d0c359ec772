"""The front end: built from a tag, kept by its content, published so that no open page breaks."""
