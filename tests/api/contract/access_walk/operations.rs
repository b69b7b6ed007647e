//! The operations of the document, and how a request for one is made. What is not known here fails the test: a new
//! kind of record has to be walked too.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tutela::access::Action;

use crate::support::{Answer, Client};

/// Identifiers by the name of what they are of.
pub type Ids = BTreeMap<&'static str, String>;

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub action: Action,
    media: Option<String>,
    example: Value,
    query: String,
    has_key: bool,
    /// What says the name of a file.
    file: Option<String>,
    /// The identifiers that a list can be filtered by.
    pub filters: Vec<String>,
}

/// Every operation.
pub fn all() -> Vec<Operation> {
    let document = tutela::openapi::document();
    let mut out = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            out.push(read(document, method, path, operation));
        }
    }
    out
}

fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    let named = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    let mut query: Vec<String> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
        .map(|parameter| {
            let example = parameter["example"].as_str().expect("a required parameter without an example");
            format!("{}={example}", parameter["name"].as_str().unwrap())
        })
        .collect();
    query.extend(named("limit").then(|| "limit=200".to_owned()));
    let content = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
    let example = content.map_or(Value::Null, |(_, content)| {
        let name = content["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        document["components"]["schemas"][name]["example"].clone()
    });
    let id = operation["operationId"].as_str().unwrap().to_owned();
    let example = widened(&id, example);
    Operation {
        id,
        method: method.to_uppercase(),
        path: path.to_owned(),
        action: Action::parse(operation["x-access"]["action"].as_str().unwrap()).unwrap(),
        media: content.map(|(media, _)| media.clone()),
        example,
        query: if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) },
        has_key: named("Idempotency-Key"),
        file: parameters
            .iter()
            .find(|parameter| parameter["name"] == "Content-Disposition")
            .map(|parameter| parameter["example"].as_str().unwrap().to_owned()),
        filters: parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .filter(|name| name.ends_with("_id"))
            .map(str::to_owned)
            .collect(),
    }
}

impl Operation {
    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        self.method == "GET" || self.path.ends_with("searches")
    }

    /// Whether it answers with pages.
    pub fn is_list(&self) -> bool {
        self.method == "GET" && self.query.contains("limit=")
    }

    /// Whether it is about one record.
    pub fn has_record(&self) -> bool {
        self.path.contains('{')
    }

    /// What its records are, outermost first: `["concern", "note"]`.
    pub fn records(&self) -> Vec<&'static str> {
        let parts: Vec<&str> = self.path.split('/').collect();
        let pairs = parts.iter().zip(parts.iter().skip(1));
        let of_panel = |part: &str| parts.contains(&"panels") && part == "{decision_id}";
        let name = |before, part| if of_panel(part) { "panel_decision" } else { record(before, part) };
        pairs.filter(|(_, part)| part.starts_with('{')).map(|(before, part)| name(before, part)).collect()
    }

    /// Whether it makes something out of records that its body names.
    pub fn refers(&self) -> bool {
        let is_reference = |key: &String| key.ends_with("_id") || key.ends_with("_ids");
        let nested = |value: &Value| {
            let object =
                |value: &Value| value.as_object().is_some_and(|object| object.keys().any(is_reference));
            object(value) || value.as_array().is_some_and(|items| items.iter().any(object))
        };
        let in_body = self
            .example
            .as_object()
            .is_some_and(|object| object.keys().any(is_reference) || object.values().any(nested));
        self.has_key && !self.has_record() && in_body
    }

    /// The same as [`Self::send`], and of a list its count too.
    pub fn counted(&self, client: &Client, ids: &Ids) -> Answer {
        if self.is_list() {
            client.get(&format!("{}&count=true", self.target(ids)))
        } else {
            self.send(client, ids)
        }
    }

    /// Sends it about these records, with a body that names them.
    pub fn send(&self, client: &Client, ids: &Ids) -> Answer {
        self.send_body(client, ids, self.body(ids))
    }

    /// A list filtered by one identifier, with its count.
    pub fn filtered(&self, client: &Client, filter: &str, id: &str) -> Answer {
        let sign = if self.query.is_empty() { "?" } else { "&" };
        let count =
            if self.path.ends_with("/days") || self.path.ends_with("/explain") { "" } else { "&count=true" };
        client.get(&format!("{}{}{sign}{filter}={id}{count}", self.path, self.query))
    }

    /// The document's example with these records in it.
    pub fn body(&self, ids: &Ids) -> Value {
        let mut body = self.example.clone();
        replace(&mut body, ids);
        body
    }

    /// Sends it with a body of the test's own. Nothing is sent that a change of a record needs, so none is changed.
    pub fn send_body(&self, client: &Client, ids: &Ids, body: Value) -> Answer {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let key = format!("\"walk-{}\"", NEXT.fetch_add(1, Ordering::SeqCst));
        let mut headers = Vec::new();
        if let Some(media) = &self.media {
            headers.push(("Content-Type", media.as_str()));
        }
        if self.has_key {
            headers.push(("Idempotency-Key", key.as_str()));
        }
        if let Some(name) = &self.file {
            headers.push(("Content-Disposition", name.as_str()));
        }
        // A file's example is the file itself.
        let text = || body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        let body = self.media.as_ref().map(|_| text());
        client.send(&self.method, &self.target(ids), &headers, body.as_deref().map(str::as_bytes))
    }

    /// The path with these records.
    fn target(&self, ids: &Ids) -> String {
        let mut records = self.records().into_iter();
        let parts = self
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { ids[records.next().unwrap()].as_str() } else { part });
        parts.collect::<Vec<_>>().join("/") + &self.query
    }
}

/// A search that finds as much as it can, so that what it must not find would show.
fn widened(id: &str, mut example: Value) -> Value {
    match id {
        "searchConcerns" => example = json!({"words": ["walked"], "limit": 200}),
        "searchPeople" => example = json!({"words": "r", "limit": 200}),
        "searchPupils" => example = json!({"limit": 200}),
        "searchPupilDirectory" => example["words"] = json!("a"),
        _ => assert!(!id.starts_with("search"), "{id}: say what this search would find most with"),
    }
    example
}

/// What a parameter of a path names.
fn record(before: &str, parameter: &str) -> &'static str {
    match (before, parameter) {
        ("academic-years", "{id}") => "academic_year",
        ("agencies", "{id}") => "agency",
        ("api-keys", "{id}") => "key",
        ("appointments", "{id}") => "appointment",
        ("entries", "{id}") => "entry",
        ("categories", "{code}") => "category",
        ("concerns", "{id}") => "concern",
        ("actions", "{action_id}") => "action",
        ("attachments", "{attachment_id}") => "attachment",
        ("body-map", "{mark_id}") => "mark",
        ("decisions", "{decision_id}") => "decision",
        ("attendance", "{attendance_id}") => "attendance",
        ("minutes", "{entry_id}") => "minutes",
        ("escalations", "{escalation_id}") => "escalation",
        ("links", "{link_id}") => "link",
        ("notes", "{note_id}") => "note",
        ("shares", "{share_id}") => "share",
        ("support-requests", "{request_id}" | "{id}") => "support_request",
        ("break-glass", "{id}") => "break_glass",
        ("triages", "{triage_id}") => "triage",
        ("pupil-matches", "{id}") => "match",
        ("complex-pupils", "{id}") => "complex_pupil",
        ("families", "{id}") => "family",
        ("members", "{member_id}") => "family_member",
        ("family-supports", "{id}") => "support",
        ("entries", "{entry_id}") => "support_entry",
        ("sharing-decisions", "{id}") => "sharing",
        ("restrictive-interventions", "{id}") => "intervention",
        ("conflicts", "{id}") => "conflict",
        ("statuses", "{status_id}") => "status",
        ("agency-meetings", "{meeting_id}") => "agency_meeting",
        ("ap-placements", "{placement_id}") => "ap_placement",
        ("ap-checks", "{check_id}") => "ap_check",
        ("fgm-reports", "{report_id}") => "fgm_report",
        ("risk-assessments", "{assessment_id}") => "risk_assessment",
        ("risk-actions", "{action_id}") => "risk_action",
        ("external-decisions", "{decision_id}") => "external_decision",
        ("establishments", "{urn}") => "establishment",
        ("hubs", "{id}") => "hub",
        ("imports", "{id}") => "import",
        ("notifications", "{id}") => "notification",
        ("panels", "{id}") => "panel",
        ("people", "{id}") => "person",
        ("engagements", "{engagement_id}") => "engagement",
        ("subjects", "{subject_id}") => "subject",
        ("pupils", "{id}") => "pupil",
        ("characteristics", "{characteristic_id}") => "characteristic",
        ("enrolments", "{enrolment_id}") => "enrolment",
        ("recording-guidance", "{id}") => "guidance",
        ("referrals", "{referral_id}") => "referral",
        ("revocations", "{id}") => "revocation",
        ("schools", "{id}") => "school",
        ("threshold-frameworks", "{id}") => "framework",
        _ => panic!("the walk does not know what {before}/{parameter} is: add it with its situations"),
    }
}

/// What a field of a body names.
fn field(name: &str) -> &'static str {
    match name {
        "school_id" | "school_ids" => "school",
        "agency_id" => "agency",
        "framework_id" => "framework",
        "pupil_id" | "pupil_ids" => "pupil",
        "person_id" | "owner_id" | "made_by_id" | "chased_by_id" | "told_by_id" | "raised_by_id"
        | "allocated_to_id" | "decided_by_id" | "written_by_id" | "attended_ids" | "teacher_id"
        | "reported_by_id" => "bystander",
        "family_id" => "family",
        "status_id" | "source_id" => "status",
        "placement_id" => "ap_placement",
        "assessment_id" => "risk_assessment",
        "concern_id" => "concern",
        "external_decision_id" | "start_decision_id" | "end_decision_id" => "external_decision",
        "panel_id" => "panel",
        _ => panic!("the walk does not know what {name} names: add it"),
    }
}

fn replace(value: &mut Value, ids: &Ids) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if name.ends_with("_id") && value.is_string() {
                    *value = json!(ids[field(name)]);
                } else if name.ends_with("_ids") {
                    *value = json!([ids[field(name)]]);
                } else {
                    replace(value, ids);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        _ => {}
    }
}
