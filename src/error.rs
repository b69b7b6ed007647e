//! The one error type and the one table of problem codes: code, status, title.
//!
//! A code is part of the wire's promise: clients branch on it. Add one here, and the OpenAPI document and
//! `docs/api.md` list it; never rename one.

use std::borrow::Cow;

use crate::text::is_hidden;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// Every problem code that this service can answer with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word that clients branch on.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code,)+ } }

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)+ } }

            /// One short sentence for people.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)+ } }

            /// What the code means and what the client can do, for the documentation.
            pub const fn meaning(self) -> &'static str { match self { $(Self::$name => concat!($($doc),+),)+ } }
        }
    };
}

codes! {
    /// The body is not well-formed JSON, has a duplicate key, is not UTF-8, or is nested more than 16 deep.
    MalformedBody = "malformed_body", 400, "The body could not be read";
    /// A header has a form that its standard does not allow.
    MalformedHeader = "malformed_header", 400, "A header could not be read";
    /// This operation needs an `Idempotency-Key` header: a quoted string of 1 to 64 characters.
    IdempotencyKeyMissing = "idempotency_key_missing", 400, "An Idempotency-Key header is required";
    /// A browser asked beforehand for an origin, a method or a header that is not allowed.
    PreflightRefused = "preflight_refused", 400, "Browsers may not send this from there";
    /// No valid access token or API key came with the request. The reason is in the server's log only.
    Unauthenticated = "unauthenticated", 401, "A valid access token or API key is required";
    /// None of the caller's roles or scopes allows this operation, on any record.
    Forbidden = "forbidden", 403, "Your roles do not allow this operation";
    /// The token's person could not be found in this trust; every case record is closed to it.
    PersonUnknown = "person_unknown", 403, "The token's person is not known in this trust";
    /// No such resource, or none that the caller may know of: the two are never told apart.
    NotFound = "not_found", 404, "Not found";
    /// The path exists, the method does not; `Allow` lists those that do.
    MethodNotAllowed = "method_not_allowed", 405, "This path does not take this method";
    /// The body did not arrive in time or too slowly.
    BodyTimeout = "body_timeout", 408, "The body took too long to arrive";
    /// The same `Idempotency-Key` is being worked on at this moment: try again shortly.
    IdempotencyInFlight = "idempotency_in_flight", 409, "A request with this Idempotency-Key is still running";
    /// A record with the same natural key already exists in this trust.
    AlreadyExists = "already_exists", 409, "A record with this key already exists";
    /// The record is still referred to by others.
    InUse = "in_use", 409, "The record is in use";
    /// The record is in a state that does not allow this change.
    StateConflict = "state_conflict", 409, "The record's state does not allow this";
    /// Two records that are to be one say different things: `detail` says which, to be put right first.
    RecordsDiffer = "records_differ", 409, "The two records say different things";
    /// The child's concern is closed: reopen it first.
    ConcernClosed = "concern_closed", 409, "The concern is closed";
    /// The concern is closed already in this round.
    AlreadyClosed = "already_closed", 409, "The concern is closed already";
    /// Only a closed concern is reopened, and this one is open.
    ConcernOpen = "concern_open", 409, "The concern is open";
    /// A stamp that the trust's setting asks for is missing in this round: `detail` says which.
    ScrutinyIncomplete = "scrutiny_incomplete", 409, "The concern has not been scrutinised as the trust asks";
    /// You have scrutinised this concern in another capacity: the stamps must be different people's.
    SamePersonScrutiny = "same_person_scrutiny", 409, "The stamps must be different people's";
    /// You do not scrutinise this concern in the capacity that the request names.
    NotYourCapacity = "not_your_capacity", 409, "You do not have this capacity here";
    /// A required action is not done.
    RequiredActionOpen = "required_action_open", 409, "A required action is open";
    /// Neither an action, nor a referral that stands, nor a decision `no_action` with its reason is recorded.
    NoActionOrReason = "no_action_or_reason", 409, "No action is recorded, nor why none is needed";
    /// This trust closes concerns in a panel only: name it, with the rationale.
    PanelRequired = "panel_required", 409, "A concern is closed in a panel";
    /// The panel has not been held.
    PanelNotHeld = "panel_not_held", 409, "The panel has not been held";
    /// The panel has been held already.
    PanelHeld = "panel_held", 409, "The panel has been held";
    /// The panel is another school's than the concern's.
    PanelWrongSchool = "panel_wrong_school", 409, "The panel belongs to another school";
    /// The school has held a later panel: bring the concern there.
    PanelOver = "panel_over", 409, "A later panel has been held";
    /// The concern was not open at the school when the panel was held.
    NotOnAgenda = "not_on_agenda", 409, "The concern was not on the panel's agenda";
    /// No DSL or deputy without a conflict of interest attended the panel.
    PanelWithoutDsl = "panel_without_dsl", 409, "No DSL or deputy attended the panel";
    /// The trust lead did not attend the panel, nor, where the lead has a conflict of interest, the deputy whom the CEO
    /// appointed.
    PanelWithoutTrustLead = "panel_without_trust_lead", 409, "The trust lead did not attend the panel";
    /// An attendee with a vote has not answered, or not since something of the case was recorded last.
    AgreementMissing = "agreement_missing", 409, "An attendee has not answered";
    /// An attendee with a vote abstains, which keeps the concern open.
    AgreementAbstained = "agreement_abstained", 409, "An attendee abstains";
    /// An attendee with a vote disagrees, which keeps the concern open.
    PanelNotUnanimous = "panel_not_unanimous", 409, "An attendee disagrees";
    /// You are not asked on this concern: only who attended with a vote and has no conflict of interest answers, and
    /// nobody for another.
    NotAsked = "not_asked", 409, "You are not asked on this concern";
    /// This trust closes concerns by a safety statement: why there is confidence that the child is no longer unsafe.
    SafetyStatementRequired = "safety_statement_required", 409, "A safety statement is required";
    /// The safety statement is a DSL's or deputy's of the concern's school.
    DslRequired = "dsl_required", 409, "A DSL of the school states why the child is safe";
    /// The entry has been corrected or completed since: act on its newest version.
    Superseded = "superseded", 409, "The entry has a newer version";
    /// The referral was withdrawn: make another one.
    ReferralWithdrawn = "referral_withdrawn", 409, "The referral was withdrawn";
    /// The agency has decided on the referral already.
    ReferralDecided = "referral_decided", 409, "The agency has decided on the referral";
    /// This step of a professional challenge was taken already, or a higher one was.
    ChallengeStepTaken = "challenge_step_taken", 409, "This step of the challenge was taken already";
    /// A challenge goes from step to step: say why one is left out.
    ChallengeStepSkipped = "challenge_step_skipped", 409, "A step of the challenge is left out without a reason";
    /// The escalation has ended: raise another one.
    EscalationEnded = "escalation_ended", 409, "The escalation has ended";
    /// The values are well formed, but a rule, another field or the records as they stand do not allow them; `errors`
    /// names each one. (What the schema itself refuses is 422 `invalid`.)
    RuleBroken = "rule_broken", 409, "A rule does not allow these values";
    /// What is asked for is not the school's to decide: an external decision has to be on record that carries the status;
    /// or, for a concern about a child whose level of support is the local authority's, a decision of the authority since
    /// the concern was raised or reopened (B-55, B-56).
    ExternalDecisionRequired = "external_decision_required", 409, "An external decision is required";
    /// The plan of the import is not the one that you saw, or the records that it rests on have changed since: upload the
    /// file again.
    PlanStale = "plan_stale", 409, "The plan no longer holds";
    /// The person named has a conflict of interest in this case.
    ConflictOfInterest = "conflict_of_interest", 409, "The person has a conflict of interest";
    /// The body of an upload is to say its length: send `Content-Length`.
    LengthRequired = "length_required", 411, "A Content-Length header is required";
    /// `If-Match` names an older version: read the record again.
    VersionStale = "version_stale", 412, "The record has changed since it was read";
    /// The body is larger than this operation takes.
    BodyTooLarge = "body_too_large", 413, "The body is too large";
    /// The request target is longer than 8 KiB.
    UriTooLong = "uri_too_long", 414, "The request target is too long";
    /// The operation takes another media type, or none with a content encoding.
    UnsupportedMediaType = "unsupported_media_type", 415, "The media type is not supported";
    /// A field or parameter has a value that is not allowed; `errors` names it: the first of a wrong type, or every one
    /// that is out of its bounds.
    Invalid = "invalid", 422, "The request has invalid values";
    /// The `Idempotency-Key` was used before with another request.
    IdempotencyMismatch = "idempotency_mismatch", 422, "The Idempotency-Key belongs to another request";
    /// The trust's settings contradict each other.
    SettingsConflict = "settings_conflict", 422, "The settings contradict each other";
    /// This change needs an `If-Match` header with the record's current `ETag`.
    PreconditionRequired = "precondition_required", 428, "An If-Match header is required";
    /// Too many requests: wait for the time in `Retry-After`.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// Something failed that should not: quote the `request_id` when you report it. Nothing was stored.
    Internal = "internal", 500, "The server failed";
    /// The database or the audit log cannot be reached: nothing was stored, try again after `Retry-After`.
    Unavailable = "unavailable", 503, "The service is not available at the moment";
    /// The operator of this service has set no place for files (`TUTELA_FILE_STORE`): everything but files works.
    FileStoreMissing = "file_store_missing", 503, "This service keeps no files";
    /// The disk that holds the database or the files is full: nothing was stored.
    StorageFull = "storage_full", 507, "The storage is full";
}

/// What is wrong with one field of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON Pointer into the body (`/pupils/0/role`), or `?name` for a query parameter, or a header's name.
    pub pointer: String,
    /// A stable word for the kind of fault: `required`, `format`, `range`, `unknown` (there is no such field or
    /// parameter), `unknown_reference` (the identifier leads to nothing that the caller may refer to) …
    pub code: Cow<'static, str>,
    /// The fault in words.
    pub detail: String,
}

impl FieldError {
    /// A fault at one place.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        // Names that a caller made up stand in both: they keep to what the document says about answers.
        Self { pointer: plain(&pointer.into(), 200), code: code.into(), detail: plain(&detail.into(), 500) }
    }
}

/// Text without control characters, and with those that hide or turn others round spelt out.
fn plain(text: &str, most: usize) -> String {
    let spelt: String = text
        .chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| if is_hidden(c) { c.escape_unicode().collect() } else { vec![c] })
        .collect();
    spelt.chars().take(most).collect()
}

/// A failure on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Which problem of the table this is.
    pub code: Code,
    /// This occurrence in words that the caller may read.
    pub detail: Option<String>,
    /// The fields at fault.
    pub errors: Vec<FieldError>,
    /// What the log says, never the caller.
    pub cause: Option<String>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u32>,
}

/// The result of everything that can end in a problem document.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// The problem with its table entry only.
    pub const fn of(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), cause: None, retry_after: None }
    }

    /// The problem with a sentence about this occurrence.
    pub fn because(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::of(code) }
    }

    /// Not found, hidden, or never existed.
    pub const fn not_found() -> Self {
        Self::of(Code::NotFound)
    }

    /// One field of the body or one parameter is wrong.
    pub fn invalid(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self::invalid_all(vec![FieldError::new(pointer, code, detail)])
    }

    /// One field is well formed and not allowed.
    pub fn rule(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self::rule_all(vec![FieldError::new(pointer, code, detail)])
    }

    /// Several fields are well formed and not allowed.
    pub fn rule_all(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::of(Code::RuleBroken) }
    }

    /// Several fields are wrong.
    pub fn invalid_all(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::of(Code::Invalid) }
    }

    /// A fault of ours: the cause goes to the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..Self::of(Code::Internal) }
    }

    /// The database or the audit log cannot be reached.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), retry_after: Some(2), ..Self::of(Code::Unavailable) }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        if let Some(cause) = self.cause.as_ref().or(self.detail.as_ref()) {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
