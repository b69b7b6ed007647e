//! Concerns over HTTP, beside what stands with the feature.

mod entries;
mod links;
mod search;
mod versions;
