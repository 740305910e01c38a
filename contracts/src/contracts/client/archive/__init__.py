"""Reading an archive from another broker, and replaying one into it, through the API."""
