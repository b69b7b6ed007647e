//! Concerns over HTTP, beside what stands with the feature.

mod entries;
mod links;
mod referrals;
mod search;
mod versions;
