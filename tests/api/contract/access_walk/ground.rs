//! What is walked on: the demo, with a record of every class at two schools of each trust, and what concerns each
//! caller alone.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::access::Role;
use tutela::access::matrix::TrustLeadColumn;
use tutela::demo::{DemoSchool, DemoTrust};
use tutela::ids::Id;

use super::expect::{Caller, Facts};
use super::operations::Ids;
use crate::support::{Backend, Client, DemoApp, TestApp};

/// The demo, made ready.
pub struct Ground {
    pub app: DemoApp,
    /// Two places of each trust.
    pub places: Vec<[Place; 2]>,
    pub walkers: Vec<Walker>,
}

/// A record of every class at one school.
pub struct Place {
    pub ids: Ids,
    pub restricted: Ids,
    pub facts: Facts,
    /// Whoever raises concerns here and is no caller of the walk.
    teacher: Id,
    bystander: Id,
}

/// A caller, and the records that are there because of them.
pub struct Walker {
    pub caller: Caller,
    pub client: Client,
    /// A pupil with whom the caller has a conflict of interest, with everything that hangs on it.
    pub conflicted: Option<(Ids, Facts)>,
    pub raised: Option<(Ids, Facts)>,
    pub shared: Option<(Ids, Facts)>,
}

/// The first pupil is left to the demo; the others have their uses.
const PLAIN: usize = 1;
pub const SHARED: usize = 2;
pub const RAISED: usize = 3;
const IN_CONFLICT: usize = 4;

/// What is written about the pupil of the concern that is shared, by the name of what it is.
pub const SHARED_CASE: [(&str, &str); 9] = [
    ("pupil", "shared_pupil"),
    ("status", "shared_status"),
    ("external_decision", "shared_decision"),
    ("agency_meeting", "shared_meeting"),
    ("ap_placement", "shared_placement"),
    ("ap_check", "shared_check"),
    ("fgm_report", "shared_report"),
    ("risk_assessment", "shared_assessment"),
    ("risk_action", "shared_action"),
];

impl Ground {
    pub fn new(backend: Backend) -> Self {
        let app = TestApp::start_demo(backend);
        let demo = app.demo;
        switch_restricted_log_on(&app, &demo.trusts[1]);
        let places: Vec<[Place; 2]> = demo
            .trusts
            .iter()
            .enumerate()
            .map(|(number, trust)| {
                let common = common(&app, trust);
                [0, 1].map(|school: usize| place(&app, number, trust, &trust.schools[school], &common))
            })
            .collect();
        let callers = Role::ALL.iter().map(|role| (0, *role)).chain([(1, Role::TrustSafeguardingLead)]);
        let walkers = callers.map(|(trust, role)| walker(&app, trust, role, &places[trust])).collect();
        Self { app, places, walkers }
    }
}

fn switch_restricted_log_on(app: &DemoApp, trust: &DemoTrust) {
    let admin = app.as_role(&trust.slug, "trust-admin");
    let tag = admin.get("/v1/trust").etag();
    admin.patch("/v1/trust", &tag, json!({"restricted_log": true})).expect(200);
}

/// Who holds a role at a school.
pub fn holder(app: &DemoApp, trust: &DemoTrust, school: &DemoSchool, role: &str) -> Client {
    let (person, claim) = school.holder(role).unwrap();
    app.person(&trust.slug, person, &[&claim])
}

/// What belongs to a trust as a whole.
fn common(app: &DemoApp, trust: &DemoTrust) -> Ids {
    let admin = app.as_role(&trust.slug, "trust-admin");
    let lead = app.as_role(&trust.slug, "trust-safeguarding-lead");
    let code = format!("ABU-NEG-{}", trust.slug.replace("trust-", "").to_uppercase().repeat(3));
    let category =
        json!({"code": code, "label": "Neglect, as this trust sees it", "guidance": "For the walk."});
    lead.post("/v1/categories", category).expect(201);
    let guidance =
        lead.get("/v1/recording-guidance").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let revoked = json!({"principal": "jwt:nowhere#nobody", "reason": "Never was one of ours."});
    let agency = json!({"kind": "mash", "name": "Walked agency", "used_from": "2020-01-01"});
    let framework = json!({
        "la_code": "999", "name": "Walked thresholds", "starts_on": "2020-01-01",
        "levels": [{"number": 1, "name": "Walked", "support_level": "L1"}]
    });
    Ids::from([
        ("agency", lead.post("/v1/agencies", agency).id()),
        ("framework", lead.post("/v1/threshold-frameworks", framework).id()),
        ("category", code),
        ("guidance", guidance),
        ("hub", admin.post("/v1/hubs", json!({"name": "Walked hub"})).id()),
        ("revocation", admin.post("/v1/revocations", revoked).id()),
    ])
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn place(app: &DemoApp, number: usize, trust: &DemoTrust, school: &DemoSchool, common: &Ids) -> Place {
    let admin = app.as_role(&trust.slug, "trust-admin");
    let lead = holder(app, trust, school, "dsl");
    let mut ids = common.clone();
    ids.insert("school", school.id.to_string());
    ids.insert("establishment", school.urn.to_string());
    people(&admin, &mut ids, school);
    panel(&lead, &mut ids, school);
    keys_and_calendar(&admin, &mut ids, school);
    ids.insert("import", import(&admin, school));
    let (teacher, bystander) = (id(&ids["person"]), id(&ids["bystander"]));
    pupil(&lead, &mut ids, school.pupils[PLAIN]);
    let (shared_status, shared_decision) = status(&lead, school.pupils[SHARED]);
    ids.insert("shared_pupil", school.pupils[SHARED].to_string());
    ids.insert("shared_status", shared_status);
    ids.insert("shared_decision", shared_decision);
    for (name, id) in case(&lead, school.pupils[SHARED], bystander) {
        let (_, shared) = SHARED_CASE.iter().find(|(class, _)| *class == name).unwrap();
        ids.insert(shared, id);
    }
    let conflict =
        json!({"person_id": bystander, "pupil_id": school.pupils[IN_CONFLICT], "relationship": "relative"});
    ids.insert("conflict", app.as_role(&trust.slug, "hr").post("/v1/conflicts", conflict).id());
    let raiser = app.person(&trust.slug, teacher, &[&format!("staff:{}", school.urn)]);
    let told = lead.get("/v1/me/notifications").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    ids.insert("notification", told);
    ids.insert("match", matched(app, trust, school, &lead));
    ids.insert("companion", school.concerns[1].to_string());
    let mut restricted = ids.clone();
    concern((&raiser, &raiser), &lead, &mut ids, school.pupils[PLAIN], teacher, "safeguarding");
    ids.insert("entry", entry(app, trust, &ids["concern"]));
    // Only who reaches that log anyway can be let in: a deputy, or where there is none the head, to whom the walk comes
    // at the first school only.
    let staff = |role| school.staff.get(role).copied();
    let insider = staff("deputy-dsl").or(staff("headteacher")).unwrap();
    concern((&raiser, &raiser), &lead, &mut restricted, school.pupils[PLAIN], insider, "restricted");
    for ids in [&mut ids, &mut restricted] {
        broken(app, trust, school, ids);
    }
    restricted.insert("characteristic", ids["religion"].clone());
    let facts = Facts {
        trust: number,
        school: school.id,
        is_restricted: false,
        conflicted: Vec::new(),
        is_own: false,
        is_shared: false,
    };
    Place { ids, restricted, facts, teacher, bystander }
}

/// A panel with an entry of each kind.
fn panel(lead: &Client, ids: &mut Ids, school: &DemoSchool) {
    let called = json!({"school_id": school.id, "meets_on": "2024-10-08"});
    let panel = lead.post("/v1/panels", called).id();
    let path = format!("/v1/panels/{panel}");
    let bystander = ids["bystander"].clone();
    let entries = [
        ("attendance", "attendance", json!({"person_id": bystander, "role": "guest", "present": true})),
        ("minutes", "minutes", json!({"text": "Lunch is quieter."})),
        (
            "panel_decision",
            "decisions",
            json!({"kind": "trend", "text": "Move the post.", "owner_id": bystander, "due_on": "2024-10-18"}),
        ),
    ];
    for (name, part, body) in entries {
        let tag = lead.get(&path).etag();
        ids.insert(name, lead.post_on(&format!("{path}/{part}"), &tag, body).id());
    }
    ids.insert("panel", panel);
}

/// Two people who are no callers of the walk.
fn people(admin: &Client, ids: &mut Ids, school: &DemoSchool) {
    for (name, family) in [("person", "Walker"), ("bystander", "Stander")] {
        let engagement = json!({"school_id": school.id, "category": "teacher", "starts_on": "2024-09-01"});
        let person = json!({"given_name": "Robin", "family_name": family, "engagement": engagement});
        ids.insert(name, admin.post("/v1/people", person).id());
    }
    let person = ids["person"].clone();
    let engagements = admin.get(&format!("/v1/people/{person}/engagements")).expect(200);
    ids.insert("engagement", engagements["items"][0]["id"].as_str().unwrap().to_owned());
    let appointment =
        json!({"person_id": person, "role": "staff", "school_id": school.id, "starts_on": "2024-09-01"});
    ids.insert("appointment", admin.post("/v1/appointments", appointment).id());
    ids.insert("subject", subject(admin, &person));
}

/// A mapping of a person: removing it is the one thing that a walk does to a record, so each cell has its own.
pub fn subject(admin: &Client, person: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let subject = format!("subject-{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let body = json!({"issuer": "https://login.example", "subject": subject});
    admin.post(&format!("/v1/people/{person}/subjects"), body).id()
}

fn keys_and_calendar(admin: &Client, ids: &mut Ids, school: &DemoSchool) {
    let expires_at = tutela::clock::Clock::System.now().plus_seconds(30 * 86_400);
    let key = json!({
        "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": "integration",
        "scopes": ["concerns-create"], "school_ids": [school.id], "expires_at": expires_at
    });
    ids.insert("key", admin.post("/v1/api-keys", key).id());
    let document = tutela::openapi::document();
    let mut year = document["components"]["schemas"]["AcademicYearCreate"]["example"].clone();
    year["school_id"] = json!(school.id);
    ids.insert("academic_year", admin.post("/v1/academic-years", year).id());
}

/// A file of people for a school.
fn import(admin: &Client, school: &DemoSchool) -> String {
    let path = format!("/v1/imports?map=people&school_id={}", school.id);
    let file =
        "Email,Forename,Surname,Category,Start date\nwalked@trust.example,Kim,Walker,Teacher,01/09/2024\n";
    admin.upload(&path, file.as_bytes()).expect(202)["id"].as_str().unwrap().to_owned()
}

fn pupil(lead: &Client, ids: &mut Ids, pupil: Id) {
    ids.insert("pupil", pupil.to_string());
    let enrolments = lead.get(&format!("/v1/pupils/{pupil}/enrolments")).expect(200);
    ids.insert("enrolment", enrolments["items"][0]["id"].as_str().unwrap().to_owned());
    for (name, kind, value) in [("characteristic", "eal", "yes"), ("religion", "religion", "Quiet")] {
        let body = json!({"kind": kind, "value": value, "starts_on": "2024-09-02"});
        ids.insert(name, lead.post(&format!("/v1/pupils/{pupil}/characteristics"), body).id());
    }
    let (status, decision) = status(lead, pupil);
    ids.insert("status", status);
    ids.insert("external_decision", decision);
    ids.extend(case(lead, pupil, id(&ids["bystander"])));
    let complex = json!({
        "school_id": ids["school"], "pupil_id": pupil, "held_since": "2025-01-13", "next_review_on": "2025-02-10",
        "reason": "Walks."
    });
    ids.insert("complex_pupil", lead.post("/v1/complex-pupils", complex).id());
    beside(lead, ids, pupil);
}

/// A pupil's family, its support, what was shared about the pupil, and an intervention.
fn beside(lead: &Client, ids: &mut Ids, pupil: Id) {
    let member = json!({"pupil_id": pupil, "relationship": "sibling", "in_household": true});
    let family = lead.post("/v1/families", json!({"name": "Walkers", "members": [member]}));
    let member = family.expect(201)["members"][0]["id"].as_str().unwrap().to_owned();
    ids.insert("family_member", member);
    ids.insert("family", family.id());
    let me = lead.get("/v1/me").expect(200)["person_id"].clone();
    let support = json!({
        "pupil_id": pupil, "allocated_to_id": me, "started_on": "2025-01-13", "agreed": "Walks.",
        "next_review_on": "2025-02-10"
    });
    let support = lead.post("/v1/family-supports", support).id();
    let contact = json!({"kind": "contact", "done_on": "2025-01-20", "summary": "Walked.", "method": "call"});
    ids.insert("support_entry", lead.post(&format!("/v1/family-supports/{support}/entries"), contact).id());
    ids.insert("support", support);
    let decision = json!({
        "shared": true, "agency": "health", "organisation": "Walkers", "information": "Walks.", "purpose": "To walk.",
        "reason": "So.", "bases": ["public_task"], "consent": "given", "decided_on": "2025-01-13"
    });
    let shared = json!({"pupil_id": pupil, "decision": decision});
    ids.insert("sharing", lead.post("/v1/sharing-decisions", shared).id());
    let facts = json!({
        "occurred_at": "2025-01-15T12:10:00Z", "minutes": 1, "place": "Path", "kinds": ["force"],
        "staff": [{"person_id": ids["bystander"], "part": "Walked beside."}], "led_to": "Ran.",
        "techniques": "Walked.", "necessity": "The road."
    });
    let intervention = json!({"pupil_id": pupil, "facts": facts});
    ids.insert("intervention", lead.post("/v1/restrictive-interventions", intervention).id());
}

/// A status of a pupil, and a decision about them.
fn status(lead: &Client, pupil: Id) -> (String, String) {
    let decision = json!({
        "agency": "health", "decision_maker_name": "Walker", "decision_maker_role": "Nurse",
        "decided_on": "2025-01-13", "outcome": "continues"
    });
    let decision = lead.post(&format!("/v1/pupils/{pupil}/external-decisions"), decision).id();
    let status = json!({"kind": "young_carer", "starts_on": "2025-01-13"});
    (lead.post(&format!("/v1/pupils/{pupil}/statuses"), status).id(), decision)
}

/// A record of each class of a pupil's case outside any concern.
pub fn case(lead: &Client, pupil: Id, person: Id) -> [(&'static str, String); 6] {
    let make = |base: &str, body: Value| lead.post(&format!("/v1/pupils/{pupil}/{base}"), body).id();
    let meeting = json!({
        "kind": "core_group", "agency": "health", "invited_on": "2025-01-13", "meets_on": "2025-01-20",
        "attendees": [{"person_id": person, "role": "Walker"}], "wants_report": true
    });
    let placement = make(
        "ap-placements",
        json!({
            "unregistered_provider": {"name": "Walks", "address": "Walk 1", "contact": "Walker"},
            "starts_on": "2025-01-13", "timetable": [{"day": "monday", "sessions": "morning"}], "reason": "Walks."
        }),
    );
    let check = json!({
        "placement_id": placement, "kind": "review", "done_on": "2025-01-20", "outcome": "goes_on", "child_seen": true,
        "summary": "Walks."
    });
    let report = json!({
        "teacher_id": person, "discovered_on": "2025-01-15", "how": "saw_signs", "account": "Walked."
    });
    let assessment = make(
        "risk-assessments",
        json!({
            "kind": "other", "assessed_on": "2025-01-15", "review_on": "2025-02-12",
            "participants": [{"name": "Walker", "role": "Tutor"}], "risks": "Walks.", "measures": "Walks."
        }),
    );
    let action = json!({
        "assessment_id": assessment, "description": "Walk.", "owner_id": person, "due_on": "2025-01-22"
    });
    [
        ("agency_meeting", make("agency-meetings", meeting)),
        ("ap_check", make("ap-checks", check)),
        ("fgm_report", make("fgm-reports", report)),
        ("risk_action", make("risk-actions", action)),
        ("ap_placement", placement),
        ("risk_assessment", assessment),
    ]
}

/// That another school of the trust gave the number of a pupil of this one.
fn matched(app: &DemoApp, trust: &DemoTrust, school: &DemoSchool, lead: &Client) -> String {
    let here = trust.schools.iter().position(|known| known.id == school.id).unwrap();
    let other = &trust.schools[1 - here];
    let upn = if here == 0 { "B801200005001" } else { "N935400024999" };
    let pupil = |school: Id| {
        json!({
            "upn": upn, "given_name": "Walked", "family_name": "Twice",
            "birth_date": "2015-10-01", "enrolment": {"school_id": school, "starts_on": "2024-09-03"}
        })
    };
    lead.post("/v1/pupils", pupil(school.id)).expect(201);
    holder(app, trust, other, "dsl").post("/v1/pupils", pupil(other.id)).expect(201);
    lead.get("/v1/pupil-matches").expect(200)["items"][0]["id"].as_str().unwrap().to_owned()
}

/// A concern with a note, an action, a decision, a share, a link and a triage.
fn concern(
    (raiser, giver): (&Client, &Client),
    lead: &Client,
    ids: &mut Ids,
    pupil: Id,
    shared_with: Id,
    log: &str,
) {
    let concern = raiser.post("/v1/concerns", raising(&ids["school"], pupil, log)).id();
    evidence(giver, ids, &concern, pupil);
    work(lead, ids, &concern, pupil, shared_with);
}

/// A mark and a file.
fn evidence(giver: &Client, ids: &mut Ids, concern: &str, pupil: Id) {
    let document = tutela::openapi::document();
    let mut mark = document["components"]["schemas"]["ConcernMarkCreate"]["example"].clone();
    mark["pupil_id"] = json!(pupil);
    ids.insert("mark", giver.post(&format!("/v1/concerns/{concern}/body-map"), mark).id());
    let name = [("Content-Disposition", "attachment; filename=walked.txt")];
    let path = format!("/v1/concerns/{concern}/attachments");
    ids.insert("attachment", giver.upload_as(&path, "application/octet-stream", &name, b"Walked.\n").id());
}

/// That the trust's lead broke the glass for a concern, and that it is over. Put where it is kept: in one of the trusts
/// nobody may, since the lead reads cases there.
fn broken(app: &DemoApp, trust: &DemoTrust, school: &DemoSchool, ids: &mut Ids) {
    use tutela::db::schema::break_glass as g;
    let (trust_id, school_id, person) = (trust.id, school.id, trust.central["trust-safeguarding-lead"]);
    let (concern, vault) = (id(&ids["concern"]), app.services.vault.clone());
    let now = tutela::clock::Clock::System.now();
    let made = Id::new(now);
    let work = move |conn: &mut tutela::db::Conn| {
        let found = tutela::features::concerns::panels::on_agenda(conn, trust_id, &[concern])?.pop().unwrap();
        let key = found.key(conn, &vault)?;
        let body =
            key.seal("break_glass", made, &json!({"reason": "Walked in the night.", "words": null}))?;
        diesel::insert_into(g::table)
            .values((
                (
                    g::trust_id.eq(trust_id),
                    g::id.eq(made),
                    g::person_id.eq(person),
                    g::school_id.eq(school_id),
                ),
                (g::concern_id.eq(Some(concern)), g::broken_at.eq(now), g::ends_at.eq(now)),
                (g::goes_above.eq(false), g::body.eq(body), g::version.eq(1_i64)),
            ))
            .execute(conn)?;
        Ok(())
    };
    app.services.db.write_now(Some(trust_id), work).unwrap();
    ids.insert("break_glass", made.to_string());
}

fn raising(school: &str, pupil: Id, log: &str) -> Value {
    json!({
        "school_id": school, "log": log, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "professional"}, "summary": "Walked."
    })
}

fn work(lead: &Client, ids: &mut Ids, concern: &str, pupil: Id, shared_with: Id) {
    let document = tutela::openapi::document();
    let triage = document["components"]["schemas"]["ConcernTriageCreate"]["example"].clone();
    let steps = [
        ("note", "notes", json!({"text": "Walked."})),
        ("action", "actions", json!({"kind": "observe", "description": "Walk."})),
        (
            "decision",
            "decisions",
            json!({"kind": "decision", "decision": "Walk.", "reason": "So.", "decided_at": "2025-01-15T15:00:00Z"}),
        ),
        ("share", "shares", json!({"person_id": shared_with, "kind": "share", "reason": "Walks."})),
        ("link", "links", json!({"concern_id": ids["companion"], "reason": "Walks."})),
        ("support_request", "support-requests", json!({"help": "Walk with us."})),
        ("triage", "triage", triage),
        (
            "referral",
            "referrals",
            json!({
                "agency_id": ids["agency"], "pupil_ids": [pupil], "made_at": "2025-01-15T15:00:00Z",
                "made_by_id": shared_with, "method": "telephone", "consent": "given", "reason": "Walks."
            }),
        ),
        (
            "escalation",
            "escalations",
            json!({
                "level": "headteacher", "owner_id": shared_with, "raised_at": "2025-01-15T15:00:00Z",
                "review_on": "2025-01-22", "reason": "Walks."
            }),
        ),
    ];
    ids.insert("concern", concern.to_owned());
    for (name, part, body) in steps {
        let path = format!("/v1/concerns/{concern}");
        let tag = lead.get(&path).etag();
        ids.insert(name, lead.post_on(&format!("{path}/{part}"), &tag, body).id());
    }
}

/// The audit entry of a concern's raising, as the leads of its school find it.
fn entry(app: &DemoApp, trust: &DemoTrust, concern: &str) -> String {
    let path = format!("/v1/audit/entries?action=concern.raise&record_id={concern}");
    let leads = trust.schools.iter().filter_map(|school| school.holder("dsl"));
    leads
        .map(|(person, claim)| app.person(&trust.slug, person, &[&claim]).get(&path).expect(200))
        .find_map(|found| found["items"][0]["id"].as_str().map(str::to_owned))
        .unwrap()
}

fn walker(app: &DemoApp, trust: usize, role: Role, places: &[Place; 2]) -> Walker {
    let (caller, client) = caller(app, trust, role);
    let raised = raised(app, &caller, &client, &places[0]);
    let shared = caller.person.and_then(|person| shared(app, &caller, &client, person, &places[1]));
    let conflicted = caller.person.map(|person| conflicted(app, &caller, person, &places[0]));
    Walker { caller, client, conflicted, raised, shared }
}

/// Who holds a role in a trust of the demo; a service for a role that nobody holds.
pub fn caller(app: &DemoApp, trust: usize, role: Role) -> (Caller, Client) {
    let demo = &app.demo.trusts[trust];
    let holder = demo.holder(role.as_str());
    let client = match &holder {
        Some((person, claim)) => app.person(&demo.slug, *person, &[claim]),
        None => app.faceless(&demo.slug, &[role.as_str()]),
    };
    let caller = Caller {
        role,
        lead: TrustLeadColumn::parse(tutela::demo::plan::TRUSTS[trust].lead).unwrap(),
        trust,
        school: holder.as_ref().filter(|_| role.is_school_role()).map(|_| demo.schools[0].id),
        person: holder.map(|(person, _)| person),
    };
    (caller, client)
}

/// A concern that the caller has raised.
fn raised(app: &DemoApp, caller: &Caller, client: &Client, place: &Place) -> Option<(Ids, Facts)> {
    use tutela::access::Action;
    use tutela::access::matrix::Reach;
    if caller.reach(Action::ConcernRaise) == Reach::None {
        return None;
    }
    let trust = &app.demo.trusts[caller.trust];
    let mut ids = place.ids.clone();
    let pupil = trust.schools[0].pupils[RAISED];
    let lead = holder(app, trust, &trust.schools[0], "dsl");
    // A service adds what it has, and reads none of it again.
    let reads = caller.reach(Action::ConcernReadEvidence) != Reach::None;
    let giver = if reads { client } else { &lead };
    concern((client, giver), &lead, &mut ids, pupil, place.teacher, "safeguarding");
    Some((ids, Facts { is_own: true, ..place.facts.clone() }))
}

/// A concern of another school that was shared with the caller, who was told of it; none for those with whom nothing can
/// be shared.
fn shared(
    app: &DemoApp,
    caller: &Caller,
    client: &Client,
    person: Id,
    place: &Place,
) -> Option<(Ids, Facts)> {
    use tutela::access::Action;
    use tutela::access::matrix::Reach;
    if caller.reach(Action::ConcernRead) < Reach::Assigned {
        return None;
    }
    let trust = &app.demo.trusts[caller.trust];
    let school = &trust.schools[1];
    let lead = holder(app, trust, school, "dsl");
    let raiser = app.person(&trust.slug, place.teacher, &[&format!("staff:{}", school.urn)]);
    let mut ids = place.ids.clone();
    concern((&raiser, &raiser), &lead, &mut ids, school.pupils[SHARED], place.bystander, "safeguarding");
    let path = format!("/v1/concerns/{}", ids["concern"]);
    let tag = lead.get(&path).etag();
    let share = json!({"person_id": person, "kind": "share", "reason": "Walks."});
    lead.post_on(&format!("{path}/shares"), &tag, share).expect(201);
    let told = client.get("/v1/me/notifications").expect(200);
    ids.insert("notification", told["items"][0]["id"].as_str().unwrap().to_owned());
    Some((ids, Facts { is_shared: true, is_own: false, ..place.facts.clone() }))
}

/// A pupil of the caller's school who is a relative of the caller, and a concern about the pupil.
fn conflicted(app: &DemoApp, caller: &Caller, person: Id, place: &Place) -> (Ids, Facts) {
    let trust = &app.demo.trusts[caller.trust];
    let school = &trust.schools[0];
    let lead = holder(app, trust, school, "dsl");
    let raiser = app.person(&trust.slug, place.teacher, &[&format!("staff:{}", school.urn)]);
    let mut ids = place.ids.clone();
    let new = json!({
        "given_name": "Kim", "family_name": "Walker", "birth_date": "2012-05-05",
        "enrolment": {"school_id": school.id, "starts_on": "2024-09-02"}
    });
    let relative = id(&lead.post("/v1/pupils", new).id());
    pupil(&lead, &mut ids, relative);
    concern((&raiser, &raiser), &lead, &mut ids, relative, place.teacher, "safeguarding");
    broken(app, trust, school, &mut ids);
    ids.insert("entry", entry(app, trust, &ids["concern"]));
    let hr = app.as_role(&trust.slug, "hr");
    for person in [place.bystander, person] {
        let conflict = json!({"person_id": person, "pupil_id": relative, "relationship": "relative"});
        let made = hr.post("/v1/conflicts", conflict).id();
        if person == place.bystander {
            ids.insert("conflict", made);
        }
    }
    (ids, Facts { conflicted: vec![person, place.bystander], ..place.facts.clone() })
}
