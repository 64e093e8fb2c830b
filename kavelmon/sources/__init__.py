"""One module per kind of source; each turns an export as it is published into a wide table."""
