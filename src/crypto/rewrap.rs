//! Data keys under a new trust key, a few rows at a time while the service goes on writing.
//!
//! A chunk is a transaction of its own. A data key that is under the newest trust key is passed over, so a run that was
//! broken off is carried on by running it again; one that somebody changes meanwhile is left to them. Trusts' older keys
//! stay: a node may be about to store a data key under one, and what was hashed under the first must stay comparable.

use crate::db::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use super::Vault;
use super::sealed::Sealed;
use super::vault::newest_trust_key;
use crate::db::types::Uid;
use crate::db::{Conn, Db};
use crate::error::ApiResult;
use crate::ids::Id;

/// A table whose rows have a data key: its name, the column of the record that the key is of, and the key's.
type Keys = (&'static str, &'static str, &'static str);

/// Every table with data keys.
const TABLES: [Keys; 5] = [
    ("concerns", "id", "data_key"),
    ("families", "id", "data_key"),
    ("imports", "id", "wrapped"),
    ("panels", "id", "data_key"),
    ("pupil_cases", "pupil_id", "data_key"),
];

/// Rows looked at in one transaction.
const CHUNK: i64 = 200;

/// What one transaction did.
struct Chunk {
    /// Where the next one begins; none at the end of the table.
    last: Option<Id>,
    /// Data keys that are under the newest trust key now and were not before.
    rewrapped: usize,
}

#[derive(QueryableByName)]
struct Keyed {
    #[diesel(sql_type = Uid)]
    id: Id,
    #[diesel(sql_type = Binary)]
    data_key: Sealed,
}

impl Vault {
    /// Puts all data keys of a trust under its newest key; returns how many were under another one.
    pub fn rewrap_records(&self, db: &Db, trust: Id) -> ApiResult<usize> {
        let mut rewrapped = 0;
        for table in TABLES {
            let mut after = None;
            loop {
                let vault = self.clone();
                let chunk =
                    db.write_now(Some(trust), move |conn| vault.rewrap_chunk(conn, trust, table, after))?;
                rewrapped += chunk.rewrapped;
                if chunk.last.is_none() {
                    break;
                }
                after = chunk.last;
            }
        }
        Ok(rewrapped)
    }

    /// Puts the next data keys of a table under the trust's newest key, from the record after `after` on.
    fn rewrap_chunk(
        &self,
        conn: &mut Conn,
        trust: Id,
        (table, column, sealed): Keys,
        after: Option<Id>,
    ) -> ApiResult<Chunk> {
        let newest = newest_trust_key(conn, trust)?;
        let query = format!(
            "SELECT {column} AS id, {sealed} AS data_key FROM {table} WHERE trust_id = $1 AND {column} > $2 \
             AND {sealed} IS NOT NULL ORDER BY {column} LIMIT $3"
        );
        let rows: Vec<Keyed> = diesel::sql_query(query)
            .bind::<Uid, _>(trust)
            .bind::<Uid, _>(after.unwrap_or(Id::from_bytes([0; 16])))
            .bind::<BigInt, _>(CHUNK)
            .load(conn)?;
        let last = rows.last().map(|row| row.id);
        let mut rewrapped = 0;
        for row in rows.into_iter().filter(|row| row.data_key.wrapped_by().is_none_or(|(by, _)| by != newest))
        {
            let key = self.record_key(conn, trust, row.id, &row.data_key)?;
            let new = self.wrap_record_key(conn, trust, newest, row.id, &key)?;
            let update = format!(
                "UPDATE {table} SET {sealed} = $1 WHERE trust_id = $2 AND {column} = $3 AND {sealed} = $4"
            );
            rewrapped += diesel::sql_query(update)
                .bind::<Binary, _>(new)
                .bind::<Uid, _>(trust)
                .bind::<Uid, _>(row.id)
                .bind::<Binary, _>(row.data_key)
                .execute(conn)?;
        }
        Ok(Chunk { last, rewrapped })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::TABLES;

    #[test]
    fn every_table_with_data_keys_is_rewrapped() {
        let schema = include_str!("../db/schema.rs");
        let keyed = schema.split("diesel::table!").filter(|table| table.contains(" data_key -> "));
        let names: Vec<&str> = keyed
            .map(|table| table.split(" (trust_id").next().unwrap().rsplit(' ').next().unwrap())
            .collect();
        for name in names {
            assert!(
                TABLES.iter().any(|(table, ..)| *table == name),
                "{name} has data keys: name it in TABLES"
            );
        }
    }

    /// Whoever makes a record's key stores it somewhere: a place more is a table more, whatever its column is called.
    #[test]
    fn every_place_that_makes_a_record_key_is_rewrapped() {
        fn count(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let in_file =
                |path: &Path| std::fs::read_to_string(path).unwrap().matches(".create_record_key(").count();
            entries.map(|path| if path.is_dir() { count(&path) } else { in_file(&path) }).sum()
        }
        let features = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/features");
        assert_eq!(
            count(&features),
            TABLES.len(),
            "a place that makes record keys: name its table in TABLES"
        );
    }
}
