//! Layers, end to end.
