//! The statements that a service sends to one database, for tests of how much a request asks for.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::RwLock;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tutela::db::Target;

static WATCHED: RwLock<Option<HashMap<String, Vec<String>>>> = RwLock::new(None);

/// What is sent to a database, from connections that were made after [`Statements::listen`].
pub struct Statements(String);

impl Statements {
    /// Connections that are made from now on can be watched.
    pub fn listen() {
        set_default_instrumentation(|| Some(Box::new(Listener(LAST.take())))).unwrap();
    }

    pub fn of(target: &Target) -> Self {
        let name = match target {
            Target::Postgres(url) => url.rsplit('/').next().unwrap().to_owned(),
            Target::Sqlite(file) => file.to_str().unwrap().to_owned(),
        };
        WATCHED.write().unwrap().get_or_insert_default().insert(name.clone(), Vec::new());
        Self(name)
    }

    /// What was sent since the last time, as far as it names one of these words.
    pub fn take(&self, about: &[&str]) -> Vec<String> {
        let mut watched = WATCHED.write().unwrap();
        let sent = watched.as_mut().and_then(|watched| watched.get_mut(&self.0)).map(std::mem::take);
        sent.unwrap_or_default()
            .into_iter()
            .filter(|sql| about.iter().any(|word| sql.contains(word)))
            .collect()
    }
}

thread_local! {
    /// Where this thread has just connected to: a connection gets its lasting listener after that.
    static LAST: Cell<Option<String>> = const { Cell::new(None) };
}

/// Knows to which database its connection goes.
struct Listener(Option<String>);

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => LAST.set(Some(url.to_owned())),
            InstrumentationEvent::StartQuery { query, .. } => {
                let Some(url) = &self.0 else { return };
                let is_it = |name: &String| {
                    url.find(name.as_str()).is_some_and(|at| {
                        !url[at + name.len()..].starts_with(|next: char| next.is_ascii_digit())
                    })
                };
                let name = {
                    let watched = WATCHED.read().unwrap();
                    watched.as_ref().and_then(|watched| watched.keys().find(|name| is_it(name)).cloned())
                };
                if let Some(name) = name
                    && let Some(watched) = WATCHED.write().unwrap().as_mut()
                {
                    watched.entry(name).or_default().push(query.to_string());
                }
            }
            _ => {}
        }
    }
}
