//! Tests of the search for known values.
