"""Makes the invented messages of Samples/. Python 3 standard library only; the same bytes on every run."""
