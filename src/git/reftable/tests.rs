//! Tests of the reftable reader: git writes the tables, git says what is in them.
