//! Words that stand in sensitive fields and nowhere else: they reach nobody without the right, by any way, and never
//! stand in the database as they are.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use tutela::access::{Action, Role};
use tutela::db::Target;
use tutela::ids::Id;

use super::access_walk::expect::Caller;
use super::access_walk::ground::{caller, holder};
use super::access_walk::operations::{self, Ids, Operation};
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp, dump};

/// A group of words with the same readers. No canary is a part of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// What the reporter wrote; the reporter reads it.
    Submission,
    /// What the safeguarding team wrote.
    Work,
    /// What the team recorded on the body map, and files that it added.
    Evidence,
    /// Who reported, under protection; the reporter knows.
    Reporter,
    /// A protected characteristic of a pupil.
    Characteristic,
    /// What is written about a pupil's statuses, the decisions on which they rest, and the marks of the chronology.
    Status,
    /// Why a school holds a pupil as complex.
    Complex,
    /// What a family is called, and what is written about a pupil's place in it.
    Family,
    /// Support of a family.
    Support,
    /// What was shared about a pupil.
    Sharing,
    /// What happened in a restrictive intervention, and afterwards.
    Intervention,
    /// What is written of meetings of agencies.
    Meeting,
    /// What is written of placements with alternative providers.
    Placement,
    /// What a teacher reported to the police.
    Report,
    /// What is written in assessments of risks and needs.
    Assessment,
}

const GROUPS: [Group; 15] = [
    Group::Submission,
    Group::Work,
    Group::Evidence,
    Group::Reporter,
    Group::Characteristic,
    Group::Status,
    Group::Complex,
    Group::Family,
    Group::Support,
    Group::Sharing,
    Group::Intervention,
    Group::Meeting,
    Group::Placement,
    Group::Report,
    Group::Assessment,
];

/// A concern full of canaries, in one of the logs.
struct Planted {
    log: &'static str,
    reporter: Id,
    ids: Ids,
}

impl Group {
    fn word(self) -> &'static str {
        match self {
            Self::Submission => "zqsubmission",
            Self::Work => "zqwork",
            Self::Evidence => "zqevidence",
            Self::Reporter => "zqreporter",
            Self::Characteristic => "zqcharacteristic",
            Self::Status => "zqstatus",
            Self::Complex => "zqcomplex",
            Self::Family => "zqfamily",
            Self::Support => "zqsupport",
            Self::Sharing => "zqsharing",
            Self::Intervention => "zqintervention",
            Self::Meeting => "zqmeeting",
            Self::Placement => "zqplacement",
            Self::Report => "zqpolice",
            Self::Assessment => "zqassessment",
        }
    }

    /// How the canaries of a concern begin; the field's name follows.
    fn canary(self, log: &str) -> String {
        format!("{}{log}", self.word())
    }

    /// Who may read it.
    fn may(self, caller: &Caller, school: Id, planted: &Planted) -> bool {
        let here = caller.trust == 0;
        let is_reporter = caller.person == Some(planted.reporter);
        let restricted = planted.log != "restricted" || caller.covers(Action::ConcernReadRestricted, school);
        let reads = here && caller.covers(Action::ConcernRead, school) && restricted;
        match self {
            Self::Submission => reads || is_reporter,
            Self::Work => reads,
            Self::Evidence => here && caller.covers(Action::ConcernReadEvidence, school) && restricted,
            Self::Reporter => (reads && caller.covers(Action::ConcernReadReporter, school)) || is_reporter,
            Self::Characteristic => here && caller.covers(Action::PupilReadProtected, school),
            Self::Status => here && caller.covers(Action::StatusRead, school),
            Self::Complex => here && caller.covers(Action::ComplexPupilRead, school),
            Self::Family => here && caller.covers(Action::FamilyRead, school),
            Self::Support => here && caller.covers(Action::FamilySupportRead, school),
            Self::Sharing => here && caller.covers(Action::SharingRead, school),
            Self::Intervention => here && caller.covers(Action::InterventionRead, school),
            Self::Meeting => here && caller.covers(Action::AgencyMeetingRead, school),
            Self::Placement => here && caller.covers(Action::ApPlacementRead, school),
            Self::Report => here && caller.covers(Action::FgmReportRead, school),
            Self::Assessment => here && caller.covers(Action::RiskAssessmentRead, school),
        }
    }
}

fn word(group: Group, log: &str, field: &str) -> Value {
    json!(format!("{}{field}", group.canary(log)))
}

fn plant(app: &DemoApp, log: &'static str, reporter: Id) -> Planted {
    let trust = &app.demo.trusts[0];
    let school = &trust.schools[0];
    let raiser = app.person(&trust.slug, reporter, &[&format!("staff:{}", school.urn)]);
    let lead = holder(app, trust, school, "dsl");
    let told = |field| word(Group::Submission, log, field);
    let concern = json!({
        "school_id": school.id, "log": log, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}],
        "place": "classroom", "time_slot": "lesson", "source": "observation",
        "reporter": {"kind": "professional", "protect_identity": true, "name": word(Group::Reporter, log, "name")},
        "summary": told("summary"), "verbatim_words": told("verbatim"), "facts": told("facts"),
        "opinion": told("opinion"), "voice_of_child": told("voice"), "immediate_action": told("immediate"),
        "witnesses": told("witnesses"), "told": [{"name": told("told")}], "unnamed_pupils": told("unnamed")
    });
    let id = raiser.post("/v1/concerns", concern).id();
    let path = format!("/v1/concerns/{id}");
    raiser.post(&format!("{path}/addenda"), json!({"text": told("addendum")})).expect(201);
    // Somebody who reads both logs by their role: in the restricted one few others can be named.
    let [owner, shared_with] = ["deputy-dsl", "deputy-dsl"].map(|role| school.holder(role).unwrap().0);
    let mut ids = work(&lead, log, &id, (owner, shared_with), school.pupils[1]);
    evidence(&lead, log, &id, school.pupils[1], &mut ids);
    ids.insert("concern", id);
    ids.insert("pupil", school.pupils[1].to_string());
    ids.insert("school", school.id.to_string());
    Planted { log, reporter, ids }
}

/// The work on it: every text of it is a canary.
fn work(lead: &Client, log: &str, concern: &str, (owner, shared_with): (Id, Id), pupil: Id) -> Ids {
    let text = |field| word(Group::Work, log, field);
    let path = format!("/v1/concerns/{concern}");
    let post = |part: &str, body: Value| {
        let tag = lead.get(&path).etag();
        let made = lead.post_on(&format!("{path}/{part}"), &tag, body).expect(201);
        made["id"].as_str().unwrap().to_owned()
    };
    post(
        "triage",
        json!({
            "severity": "same_day", "parent_informed": "not_safe", "parent_informed_reason": text("triage")
        }),
    );
    let decided = "2025-01-15T15:00:00Z";
    let decision = json!({"kind": "decision", "decision": text("decision"), "reason": text("because"), "decided_at": decided});
    let note = post("notes", json!({"text": text("note")}));
    let action =
        post("actions", json!({"kind": "observe", "description": text("action"), "owner_id": owner}));
    let decision = post("decisions", decision);
    let share = json!({"person_id": shared_with, "kind": "share", "reason": text("share")});
    let share = post("shares", share);
    let support = post("support-requests", json!({"help": text("help")}));
    post(&format!("support-requests/{support}/withdrawal"), json!({"reason": text("withdrawn")}));
    post("corrections", json!({"reason": text("correction"), "opinion": text("opinion")}));
    post(&format!("notes/{note}/corrections"), json!({"text": text("noted"), "reason": text("misnoted")}));
    post(&format!("actions/{action}/outcome"), json!({"done_on": "2025-01-15", "outcome": text("outcome")}));
    let (referral, escalation) = referred(lead, log, &post, owner, pupil);
    Ids::from([
        ("note", note),
        ("action", action),
        ("decision", decision),
        ("share", share),
        ("support_request", support),
        ("referral", referral),
        ("escalation", escalation),
    ])
}

/// A referral with what became of it, and an escalation: every text of them is a canary.
fn referred(
    lead: &Client,
    log: &str,
    post: &dyn Fn(&str, Value) -> String,
    owner: Id,
    pupil: Id,
) -> (String, String) {
    let text = |field| word(Group::Work, log, field);
    let agency = json!({"kind": "mash", "name": format!("Agency {log}"), "used_from": "2020-01-01"});
    let agency = lead.post("/v1/agencies", agency).id();
    let at = "2025-01-15T15:00:00Z";
    let asked = |more: Value| {
        let mut body = json!({
            "agency_id": agency, "made_at": at, "made_by_id": owner, "method": "web_form", "form": text("form"),
            "consent": "refused", "consent_reason": text("consent"), "reason": text("referral")
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let referral = post("referrals", asked(json!({"pupil_ids": [pupil]})));
    let path = format!("referrals/{referral}");
    post(&format!("{path}/corrections"), asked(json!({"correction_reason": text("misreferred")})));
    let steps = [
        (
            "acknowledgement",
            json!({"acknowledged_at": at, "acknowledged_by": text("acknowledged"), "note": text("heard")}),
        ),
        (
            "acknowledgement",
            json!({"acknowledged_at": at, "acknowledged_by": text("twice"), "correction_reason": text("misheard")}),
        ),
        (
            "chases",
            json!({"chased_at": at, "chased_by_id": owner, "method": "telephone", "to_whom": text("desk"), "note": text("chased")}),
        ),
        (
            "challenges",
            json!({
                "step": "manager", "raised_at": at, "raised_by_id": owner, "to_whom": text("manager"),
                "said": text("disagreed"), "skipped_because": text("skipped")
            }),
        ),
        ("challenge-answers", json!({"step": "manager", "answered_at": at, "answer": text("answered")})),
        ("feedback", json!({"told_at": at, "told_by_id": owner, "note": text("fedback")})),
        ("withdrawal", json!({"withdrawn_at": at, "reason": text("withdrawn")})),
    ];
    for (part, body) in steps {
        post(&format!("{path}/{part}"), body);
    }
    let escalation = json!({
        "level": "headteacher", "owner_id": owner, "raised_at": at, "review_on": "2025-01-22", "reason": text("escalated")
    });
    let escalation = post("escalations", escalation);
    let far = tutela::clock::Clock::System.now().london_date().plus_days(7);
    post(&format!("escalations/{escalation}/reviews"), json!({"found": text("found"), "review_on": far}));
    post(&format!("escalations/{escalation}/outcome"), json!({"ended_at": at, "outcome": text("ended")}));
    (referral, escalation)
}

/// What the team adds beside words: every text of it is a canary.
fn evidence(lead: &Client, log: &str, concern: &str, pupil: Id, ids: &mut Ids) {
    let text = |field: &str| format!("{}{field}", Group::Evidence.canary(log));
    let path = format!("/v1/concerns/{concern}");
    let document = tutela::openapi::document();
    let mut mark = document["components"]["schemas"]["ConcernMarkCreate"]["example"].clone();
    (mark["pupil_id"], mark["description"]) = (json!(pupil), json!(text("description")));
    mark["seen_by"] = json!(text("seenby"));
    ids.insert("mark", lead.post(&format!("{path}/body-map"), mark).id());
    let name = format!("attachment; filename={}.txt", text("name"));
    let (head, file) = ([("Content-Disposition", name.as_str())], text("content"));
    let file =
        lead.upload_as(&format!("{path}/attachments"), "application/octet-stream", &head, file.as_bytes());
    ids.insert("attachment", file.id());
}

/// What is written about the pupil outside the concern: every text of it is a canary.
fn of_pupil(lead: &Client, planted: &mut Planted) {
    let text = |field| word(Group::Status, planted.log, field);
    let path = format!("/v1/pupils/{}", planted.ids["pupil"]);
    let decision = json!({
        "agency": "health", "decision_maker_name": text("maker"), "decision_maker_role": text("role"),
        "decided_on": "2025-01-13", "outcome": "continues", "reference": text("reference"), "summary": text("said")
    });
    let decision = lead.post(&format!("{path}/external-decisions"), decision).id();
    let kind = if planted.log == "restricted" { "kinship_care" } else { "young_carer" };
    let status = json!({"kind": kind, "starts_on": "2025-01-13", "note": text("note")});
    let status = lead.post(&format!("{path}/statuses"), status).id();
    let mark =
        json!({"kind": "status_started", "source_id": status, "significant": true, "reason": text("mark")});
    lead.post(&format!("{path}/chronology/marks"), mark).expect(201);
    let reason = word(Group::Complex, planted.log, "reason");
    let held = json!({
        "school_id": planted.ids["school"], "pupil_id": planted.ids["pupil"], "held_since": "2025-01-13",
        "next_review_on": "2025-02-10", "reason": reason
    });
    // The second time it is on the list already, and what it says is corrected.
    let made = lead.post("/v1/complex-pupils", held);
    if made.status == 409 {
        let list = lead.get("/v1/complex-pupils").expect(200);
        let held =
            list["items"].as_array().unwrap().iter().find(|item| item["pupil_id"] == *planted.ids["pupil"]);
        let held = format!("/v1/complex-pupils/{}", held.unwrap()["id"].as_str().unwrap());
        let was = lead.get(&held);
        let both = format!("{} {}", was.json()["reason"].as_str().unwrap(), reason.as_str().unwrap());
        let review = json!({"held_since": "2025-01-13", "next_review_on": "2025-02-10", "reason": both,
            "correction_reason": reason});
        lead.post_on(&format!("{held}/corrections"), &was.etag(), review).expect(201);
    }
    planted.ids.insert("status", status);
    planted.ids.insert("external_decision", decision);
}

/// What is written about the pupil beside concerns and statuses: every text of it is a canary.
fn beside(lead: &Client, planted: &mut Planted, [worker, held_by]: [Id; 2]) {
    let text = |group, field| word(group, planted.log, field);
    let pupil = planted.ids["pupil"].clone();
    let of_family = |field| text(Group::Family, field);
    let adult = json!({
        "name": of_family("adult"), "relationship": of_family("kin"), "parental_responsibility": "held",
        "in_household": true, "address_confidential": true
    });
    // The second time the pupil is in a family of another name.
    let member = json!({
        "pupil_id": pupil, "relationship": "sibling", "in_household": true, "adults": [adult], "note": of_family("note")
    });
    let family = lead.post("/v1/families", json!({"name": of_family("name"), "members": [member]}));
    let member = family.expect(201)["members"][0]["id"].as_str().unwrap().to_owned();
    let named = json!({"name": of_family("renamed"), "reason": of_family("why")});
    lead.post_on(&format!("{}/corrections", family.header("location")), &family.etag(), named).expect(201);
    let of_support = |field| text(Group::Support, field);
    let support = json!({
        "pupil_id": pupil, "family_id": family.id(), "allocated_to_id": worker, "started_on": "2025-01-13",
        "agreed": of_support("agreed"), "next_review_on": "2025-02-10"
    });
    let support = lead.post("/v1/family-supports", support);
    let path = support.header("location").to_owned();
    let entry = json!({
        "kind": "signpost", "done_on": "2025-01-20", "summary": of_support("summary"), "resource": of_support("resource"),
        "link": of_support("link"), "response": "offered", "with": of_support("with")
    });
    let entry = lead.post(&format!("{path}/entries"), entry).id();
    let review =
        json!({"held_on": "2025-02-10", "summary": of_support("review"), "next_review_on": "2025-03-10"});
    let reviewed = lead.post_on(&format!("{path}/reviews"), &support.etag(), review);
    let end = json!({"ended_on": "2025-03-10", "outcome": "other", "summary": of_support("outcome")});
    lead.post_on(&format!("{path}/ending"), &reviewed.etag(), end).expect(200);
    let of_sharing = |field| text(Group::Sharing, field);
    let decision = json!({
        "shared": false, "agency": "other", "organisation": of_sharing("organisation"),
        "recipient_name": of_sharing("recipient"), "recipient_role": of_sharing("role"),
        "information": of_sharing("information"), "purpose": of_sharing("purpose"), "reason": of_sharing("reason"),
        "bases": [], "consent": "not_sought", "consent_reason": of_sharing("consent"), "decided_on": "2025-01-13"
    });
    let shared = lead.post("/v1/sharing-decisions", json!({"pupil_id": pupil, "decision": decision})).id();
    let of_hold = |field| text(Group::Intervention, field);
    let facts = json!({
        "occurred_at": "2025-01-15T12:10:00Z", "minutes": 1, "place": of_hold("place"), "kinds": ["force"],
        "staff": [{"person_id": held_by, "part": of_hold("part")}], "led_to": of_hold("ledto"),
        "techniques": of_hold("techniques"), "necessity": of_hold("necessity"), "injuries": of_hold("injuries")
    });
    let hold = lead.post("/v1/restrictive-interventions", json!({"pupil_id": pupil, "facts": facts}));
    let step = json!({"done_on": "2025-01-16", "by": of_hold("by"), "summary": of_hold("review")});
    let after = json!({"review": step, "parent": {
        "told": "told", "at": "2025-01-15T14:00:00Z", "by": "call", "who_told": of_hold("teller"),
        "who_was_told": of_hold("told"), "summary": of_hold("said")
    }});
    lead.post_on(&format!("{}/follow-up", hold.header("location")), &hold.etag(), after).expect(201);
    for (name, id) in [
        ("family", family.id()),
        ("family_member", member),
        ("support", support.id()),
        ("support_entry", entry),
        ("sharing", shared),
        ("intervention", hold.id()),
    ] {
        planted.ids.insert(name, id);
    }
}

/// What is written of the pupil's case around the concern: every text of it is a canary.
fn around(lead: &Client, planted: &mut Planted, person: Id) {
    let log = planted.log;
    let path = format!("/v1/pupils/{}", planted.ids["pupil"]);
    let make = |base: &str, body: Value| lead.post(&format!("{path}/{base}"), body).id();
    let step = |base: &str, id: &str, part: &str, body: Value| {
        let record = format!("{path}/{base}/{id}");
        let made = lead.post_on(&format!("{record}/{part}"), &lead.get(&record).etag(), body);
        assert!(made.status < 300, "{}", made.text);
    };
    let met = |field| word(Group::Meeting, log, field);
    let invitation = json!({
        "kind": "core_group", "agency": "health", "invited_on": "2025-01-13", "meets_on": "2025-01-20",
        "attendees": [{"person_id": person, "role": met("role")}], "wants_report": true, "details": met("details")
    });
    let report = json!({"written_on": "2025-01-17", "written_by_id": person, "sent_on": "2025-01-17", "sent_to": met("sent")});
    let outcome = json!({"took_place": true, "absence_reason": met("absence"), "outcome": met("outcome")});
    let meeting = make("agency-meetings", invitation.clone());
    step("agency-meetings", &meeting, "report", report.clone());
    step("agency-meetings", &meeting, "outcome", outcome.clone());
    let whole =
        json!({"invitation": invitation, "report": report, "outcome": outcome, "reason": met("reason")});
    step("agency-meetings", &meeting, "corrections", whole);
    let placed = |field| word(Group::Placement, log, field);
    let placement = make(
        "ap-placements",
        json!({
            "unregistered_provider": {"name": placed("name"), "address": placed("address"), "contact": placed("contact")},
            "starts_on": "2025-01-13", "timetable": [{"day": "monday", "sessions": "morning"}], "reason": placed("reason")
        }),
    );
    let confirmation = json!({
        "confirmed_on": "2025-01-10", "confirmed_by": placed("by"), "confirmed_by_role": placed("role"),
        "tells_of_changes": true, "reference": placed("reference")
    });
    step("ap-placements", &placement, "confirmation", confirmation);
    let check = json!({
        "placement_id": placement, "kind": "review", "done_on": "2025-01-20", "outcome": "goes_on", "child_seen": true,
        "summary": placed("summary")
    });
    let check = make("ap-checks", check);
    step("ap-checks", &check, "withdrawal", json!({"reason": placed("withdrawn")}));
    step("ap-placements", &placement, "ending", json!({"ends_on": "2025-02-20", "reason": placed("ending")}));
    let told = |field| word(Group::Report, log, field);
    let discovery = json!({
        "teacher_id": person, "discovered_on": "2025-01-15", "how": "saw_signs", "account": told("account"),
        "police_report": {
            "reported_by_id": person, "reported_at": "2025-01-15T15:00:00Z", "method": "online",
            "reference": told("reference"), "spoke_to": told("officer")
        }
    });
    let fgm = make("fgm-reports", discovery.clone());
    step("fgm-reports", &fgm, "corrections", json!({"discovery": discovery, "reason": told("reason")}));
    let assessed = |field| word(Group::Assessment, log, field);
    let whole = json!({
        "kind": "other", "assessed_on": "2025-01-15", "review_on": "2025-02-12",
        "participants": [{"name": assessed("name"), "role": assessed("role")}], "risks": assessed("risks"),
        "needs": assessed("needs"), "measures": assessed("measures"), "voice_of_child": assessed("voice")
    });
    let assessment = make("risk-assessments", whole.clone());
    step(
        "risk-assessments",
        &assessment,
        "reviews",
        json!({"assessment": whole, "found": assessed("found")}),
    );
    let action = json!({
        "assessment_id": assessment, "description": assessed("action"), "owner_id": person, "due_on": "2025-01-22"
    });
    let action = make("risk-actions", action);
    step(
        "risk-actions",
        &action,
        "outcome",
        json!({"done_on": "2025-01-21", "outcome": assessed("outcome")}),
    );
    let ids = [
        ("agency_meeting", meeting),
        ("ap_placement", placement),
        ("ap_check", check),
        ("fgm_report", fgm),
        ("risk_assessment", assessment),
        ("risk_action", action),
    ];
    planted.ids.extend(ids);
}

/// Why a conflict of interest ended; those who may end one read it.
const ENDED: &str = "zqended";

fn conflict(lead: &Client, person: Id, pupil: &str) {
    let made = lead
        .post("/v1/conflicts", json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"}));
    let ending = format!("{}/ending", made.header("location"));
    let ended = lead.post_on(&ending, &made.etag(), json!({"reason": ENDED}));
    assert_eq!(ended.expect(200)["end_reason"], ENDED);
    assert_eq!(lead.get(made.header("location")).expect(200)["end_reason"], ENDED);
}

/// The reading operations that this world has a record for.
fn readings() -> Vec<Operation> {
    let planted = [
        "concern",
        "note",
        "action",
        "decision",
        "share",
        "referral",
        "escalation",
        "mark",
        "attachment",
        "support_request",
        "pupil",
        "characteristic",
        "school",
        "status",
        "external_decision",
        "family",
        "family_member",
        "support",
        "support_entry",
        "sharing",
        "intervention",
        "agency_meeting",
        "ap_placement",
        "ap_check",
        "fgm_report",
        "risk_assessment",
        "risk_action",
    ];
    let reads = operations::all().into_iter().filter(Operation::is_read);
    reads.filter(|operation| operation.records().iter().all(|record| planted.contains(record))).collect()
}

/// Everything that a caller can get, with what was asked.
fn everything(client: &Client, planted: &Planted, app: &DemoApp) -> Vec<(String, String)> {
    let mut ids = planted.ids.clone();
    ids.insert("bystander", app.demo.trusts[0].id.to_string());
    let mut asked: Vec<(String, Value, Operation)> = Vec::new();
    for operation in readings() {
        let body = operation.body(&ids);
        asked.push((operation.id.clone(), body, operation.clone()));
        if operation.id == "searchConcerns" {
            for group in GROUPS {
                let body = json!({"words": [group.canary(planted.log)], "limit": 20});
                asked.push((format!("searchConcerns {group:?}"), body, operation.clone()));
            }
        }
    }
    asked
        .into_iter()
        .map(|(what, body, operation)| {
            let answer = operation.send_body(client, &ids, body);
            let mut text = format!("{:?}\n{}", answer.headers, answer.text).to_lowercase();
            // Who finds a concern by a word knows that the word is in it.
            if what.starts_with("searchConcerns ") && answer.text.contains(&planted.ids["concern"]) {
                let group = GROUPS.into_iter().find(|group| what.ends_with(&format!("{group:?}"))).unwrap();
                text.push_str(&group.canary(planted.log));
            }
            (what, text)
        })
        .collect()
}

/// What a caller is told of the concern itself and of what was done with it.
fn about(client: &Client, planted: &Planted) -> Vec<(String, String)> {
    let concern = &planted.ids["concern"];
    let of_concern =
        readings().into_iter().filter(|operation| operation.path.starts_with("/v1/concerns/{id}"));
    let mut got: Vec<(String, String)> = of_concern
        .map(|operation| (operation.id.clone(), operation.send(client, &planted.ids).text))
        .collect();
    let log = operations::all().into_iter().find(|operation| operation.id == "listAuditEntries").unwrap();
    let entries = log.filtered(client, "action=concern.raise&record_id", concern);
    let mut body = entries.json();
    if let Some(items) = body["items"].as_array_mut() {
        items.retain(|item| item["record_id"] == **concern);
    }
    got.push((log.id, body.to_string()));
    got
}

on_both! {
    fn a_word_of_a_case_reaches_nobody_without_the_right(backend) {
        let app = TestApp::start_demo(backend);
        let trust = &app.demo.trusts[0];
        let school = &trust.schools[0];
        let staff = school.holder("staff").unwrap().0;
        let lap = school.holder("welfare-lap").unwrap().0;
        let mut planted = vec![plant(&app, "safeguarding", staff), plant(&app, "restricted", lap)];
        let lead = holder(&app, trust, school, "dsl");
        for (one, kind) in planted.iter_mut().zip(["religion", "disability"]) {
            let path = format!("/v1/pupils/{}/characteristics", one.ids["pupil"]);
            let value = word(Group::Characteristic, one.log, "value");
            let made = lead.post(&path, json!({"kind": kind, "value": value, "starts_on": "2024-09-02"}));
            one.ids.insert("characteristic", made.id());
            of_pupil(&lead, one);
            beside(&lead, one, [school.holder("dsl").unwrap().0, school.staff["volunteer"]]);
            around(&lead, one, school.staff["deputy-dsl"]);
            conflict(&lead, school.staff["volunteer"], &one.ids["pupil"]);
        }
        let (mut faults, mut answers) = (Vec::new(), 0);
        for (trust, role) in [0, 1].into_iter().flat_map(|trust| Role::ALL.iter().map(move |role| (trust, *role))) {
            let (caller, client) = caller(&app, trust, role);
            for one in &planted {
                let got = everything(&client, one, &app);
                answers += got.len();
                if !Group::Reporter.may(&caller, school.id, one) {
                    let reporter = one.reporter.to_string();
                    let shown = about(&client, one).into_iter().filter(|(_, text)| text.contains(&reporter));
                    faults.extend(shown.map(|(what, _)| format!("{role} of trust {trust}: {what} names the reporter")));
                }
                for group in GROUPS {
                    let canary = group.canary(one.log);
                    let shown: Vec<&str> =
                        got.iter().filter(|(_, text)| text.contains(&canary)).map(|(what, _)| what.as_str()).collect();
                    let may = group.may(&caller, school.id, one);
                    if may == shown.is_empty() {
                        faults.push(format!("{role} of trust {trust}, {canary}: may {may}, shown in {shown:?}"));
                    }
                }
            }
        }
        crate::say!("canaries: {answers} answers on {backend:?}");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        let stored = stored(&app);
        assert!(stored.len() > 100_000, "{}", stored.len());
        for word in GROUPS.iter().map(|group| group.word()).chain([ENDED]) {
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            for canary in [word, hex.as_str()] {
                let found = stored.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "{canary} stands in the {backend:?} database as it is");
            }
        }
    }
}

/// All that is stored: of SQLite the file and its write-ahead log, of PostgreSQL the rows of every table as text, and a
/// dump.
fn stored(app: &DemoApp) -> Vec<u8> {
    match &app.database.target {
        Target::Sqlite(file) => {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.extend(std::fs::read(format!("{}-wal", file.display())).unwrap());
            bytes
        }
        Target::Postgres(_) => {
            let superuser = app.database.superuser().unwrap();
            let mut bytes = rows(&superuser);
            if let Some(dump) = dump(&superuser) {
                assert!(dump.len() > 100_000, "{}", dump.len());
                bytes.extend(dump.to_ascii_lowercase());
            }
            bytes
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn rows(superuser: &str) -> Vec<u8> {
    let mut conn = PgConnection::establish(superuser).unwrap();
    let tables: Vec<Line> =
        diesel::sql_query("SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'")
            .load(&mut conn)
            .unwrap();
    assert!(tables.len() > 20, "{}", tables.len());
    let mut all = Vec::new();
    for table in tables {
        let query = format!("SELECT t::text AS line FROM \"{}\" t", table.line);
        let lines: Vec<Line> = diesel::sql_query(query).load(&mut conn).unwrap();
        lines.into_iter().for_each(|row| all.extend(row.line.to_lowercase().into_bytes()));
    }
    all
}
