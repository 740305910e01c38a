"""The state of all contracts of a broker, as one HTML file and as a Markdown summary. See `contents`, `rendering`."""
