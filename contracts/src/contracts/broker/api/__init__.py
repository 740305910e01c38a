"""HAL over HTTP: one thin module per noun, and the rules that every answer keeps."""
