"""An example consumer: reads a catalogue of products, and says in its tests what it needs of it."""
