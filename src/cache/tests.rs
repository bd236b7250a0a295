//! What becomes of a cache under all circumstances.
