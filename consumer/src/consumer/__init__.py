"""An example consumer: it reads a catalogue of products, and its tests say what it needs from it."""
