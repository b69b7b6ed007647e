//! Tests of `features/people`, `keys`, `revocations`, `me`, `access_rights` and `audit_log`.

mod adults;
mod audit;
mod keys;
mod me;
