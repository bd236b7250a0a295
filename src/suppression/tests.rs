//! Lists, tags and imports.
