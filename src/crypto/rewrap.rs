//! Data keys under a new trust key, a few rows at a time while the service goes on writing.
//!
//! A chunk is a transaction of its own. A data key that is under the newest trust key is passed over, so a run that was
//! broken off is carried on by running it again; one that somebody changes meanwhile is left to them. Trusts' older keys
//! stay: a node may be about to store a data key under one, and what was hashed under the first must stay comparable.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use super::Vault;
use super::sealed::Sealed;
use super::vault::newest_trust_key;
use crate::db::types::Uid;
use crate::db::{Conn, Db};
use crate::error::ApiResult;
use crate::ids::Id;

/// The tables whose rows have a data key, with the column of the record that the key is of.
const TABLES: [(&str, &str); 3] = [("concerns", "id"), ("panels", "id"), ("pupil_cases", "pupil_id")];

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
        (table, column): (&'static str, &'static str),
        after: Option<Id>,
    ) -> ApiResult<Chunk> {
        let newest = newest_trust_key(conn, trust)?;
        let query = format!(
            "SELECT {column} AS id, data_key FROM {table} WHERE trust_id = $1 AND {column} > $2 ORDER BY {column} LIMIT $3"
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
                "UPDATE {table} SET data_key = $1 WHERE trust_id = $2 AND {column} = $3 AND data_key = $4"
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
    use super::TABLES;

    #[test]
    fn every_table_with_data_keys_is_rewrapped() {
        let schema = include_str!("../db/schema.rs");
        let keyed = schema.split("diesel::table!").filter(|table| table.contains(" data_key -> "));
        let mut names: Vec<&str> = keyed
            .map(|table| table.split(" (trust_id").next().unwrap().rsplit(' ').next().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, TABLES.map(|(table, _)| table), "a table with data keys: name it in TABLES");
    }
}
