//! A small client of our own API.

use serde_json::Value;

use crate::auth::issuers::{DevelopmentClaims, DevelopmentKey};
use crate::clock::{Clock, Timestamp};
use crate::ids::Id;

/// Makes requests as one person after another.
pub(super) struct Caller<'a> {
    agent: ureq::Agent,
    base: String,
    key: &'a DevelopmentKey,
    clock: Clock,
    /// What its keys begin with.
    name: &'static str,
    made: u32,
}

/// What came back from making something.
pub(super) struct Made {
    pub id: Id,
    pub body: Value,
}

impl<'a> Caller<'a> {
    pub(super) fn new(base: &str, key: &'a DevelopmentKey, clock: Clock) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self {
            agent: ureq::Agent::new_with_config(config),
            base: base.to_owned(),
            key,
            clock,
            name: "demo",
            made: 0,
        }
    }

    /// The same under another name: two that make requests have different keys.
    pub(super) fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Signs a token for a person with these roles.
    pub(super) fn token(&self, trust: &str, person: Option<Id>, roles: &[String]) -> Result<String, String> {
        let claims = DevelopmentClaims {
            trust: trust.to_owned(),
            subject: person.map_or_else(|| "demo".to_owned(), |person| person.to_string()),
            person,
            roles: roles.to_vec(),
            minutes: 60,
        };
        self.key.sign(&claims, self.clock.now())
    }

    /// The tag of a record.
    pub(super) fn tag(&self, token: &str, path: &str) -> Result<String, String> {
        let request = ureq::http::Request::get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .body(())
            .map_err(|error| error.to_string())?;
        let answer = self.agent.run(request).map_err(|error| format!("{path}: {error}"))?;
        let tag = answer.headers().get("ETag").and_then(|tag| tag.to_str().ok());
        tag.map(str::to_owned).ok_or_else(|| format!("{path} answered {} without a tag", answer.status()))
    }

    /// Makes something.
    pub(super) fn post(&mut self, token: &str, path: &str, body: &Value) -> Result<Made, String> {
        self.post_on(token, path, None, body)
    }

    /// Adds a file of a name.
    pub(super) fn upload(&mut self, token: &str, path: &str, name: &str, file: &str) -> Result<(), String> {
        self.made += 1;
        let request = ureq::http::Request::post(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/octet-stream")
            .header("Content-Disposition", format!("attachment; filename=\"{name}\""))
            .header("Idempotency-Key", format!("\"{}-{}\"", self.name, self.made))
            .body(file)
            .map_err(|error| error.to_string())?;
        let answer = self.agent.run(request).map_err(|error| format!("{path}: {error}"))?;
        let status = answer.status().as_u16();
        if status == 201 { Ok(()) } else { Err(format!("{path} answered {status}")) }
    }

    /// Confirms, as the second person, what somebody else made.
    pub(super) fn confirm(&mut self, token: &str, path: &str) -> Result<(), String> {
        let tag = self.tag(token, path)?;
        let done = self.post_on(token, &format!("{path}/confirmation"), Some(&tag), &serde_json::json!({}));
        done.map(|_| ())
    }

    /// Changes a record as it is now.
    pub(super) fn patch(&mut self, token: &str, path: &str, body: &Value) -> Result<(), String> {
        let request = ureq::http::Request::patch(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/merge-patch+json")
            .header("If-Match", self.tag(token, path)?)
            .body(body.to_string())
            .map_err(|error| error.to_string())?;
        let answer = self.agent.run(request).map_err(|error| format!("{path}: {error}"))?;
        let status = answer.status().as_u16();
        if status == 200 { Ok(()) } else { Err(format!("{path} answered {status}")) }
    }

    /// The same, on a record of which this is the tag.
    pub(super) fn post_on(
        &mut self,
        token: &str,
        path: &str,
        tag: Option<&str>,
        body: &Value,
    ) -> Result<Made, String> {
        self.made += 1;
        let mut request = ureq::http::Request::post(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", format!("\"{}-{}\"", self.name, self.made));
        if let Some(tag) = tag {
            request = request.header("If-Match", tag);
        }
        let request = request.body(body.to_string()).map_err(|error| error.to_string())?;
        let mut answer = self.agent.run(request).map_err(|error| format!("{path}: {error}"))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        match body.get("id").and_then(Value::as_str).and_then(Id::parse) {
            Some(id) if status == 201 || status == 200 => Ok(Made { id, body }),
            _ => Err(format!("{path} answered {status}: {text}")),
        }
    }
}
