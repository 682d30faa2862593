"""The composition root: joins links, pipeline, recorder, broker and signals."""
