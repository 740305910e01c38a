"""An example provider: a catalogue of products over HTTP, bound by its consumers' pacts."""
