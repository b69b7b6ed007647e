//! FGM reports: the duty is the teacher's own, and the teacher goes on seeing what they recorded.

use super::*;
use crate::on_both;

fn police(by: Id, at: &str) -> Value {
    json!({"reported_by_id": by, "reported_at": at, "method": "telephone_101", "reference": "CAD 1204"})
}

on_both! {
    fn a_teacher_records_their_own_discovery_and_reads_no_other(backend) {
        let place = Place::new(backend);
        let (teacher, pupil) = (&place.north_staff, pupil(&place));
        let list = at(&pupil, "fgm-reports");
        assert_eq!(teacher.get(&list).problem(404), "not_found");
        assert_eq!(teacher.post(&list, report(place.north_dsl_person)).broken(), "/teacher_id");
        let made = teacher.post(&list, report(place.staff_person));
        let (path, id) = (made.header("location").to_owned(), made.id());
        // 15 January 2026 is a Thursday.
        assert_eq!(made.json()["report_due_on"], "2026-01-16");
        assert_eq!(teacher.get(&path).expect(200), made.json());
        let others = place.north_dsl.post(&list, report(place.north_dsl_person));
        assert_eq!(teacher.get(others.header("location")).problem(404), "not_found");
        assert_eq!(teacher.get(&format!("{list}?count=true")).expect(200)["count"], 1);
        assert_eq!(place.north_dsl.get(&format!("{list}?count=true")).expect(200)["count"], 2);
        // The line is the teacher's own, and no other's.
        for client in [teacher, &place.north_dsl] {
            let line = due(client, "fgm_report", &id, "").remove(0);
            assert_eq!((&line["owner_id"], &line["owner_role"]), (&json!(place.staff_person), &json!("staff")));
        }
        assert_eq!(due(teacher, "fgm_report", &id, "&owner=me").len(), 1);
        assert!(due(&place.north_dsl, "fgm_report", &id, "&owner=me").is_empty());
        assert!(due(teacher, "fgm_report", &others.id(), "").is_empty());
        // The report opens nothing else of the pupil's file.
        assert_eq!(teacher.get(&format!("/v1/pupils/{pupil}/chronology")).problem(403), "forbidden");
        let entries = place.north_dsl.get(&format!("/v1/audit/entries?record_id={id}")).expect(200);
        assert!(entries.to_string().contains("fgm-report.make"), "{entries}");
    }

    fn nobody_reports_in_the_teachers_place(backend) {
        let place = Place::new(backend);
        let (dsl, teacher, pupil) = (&place.north_dsl, &place.north_staff, pupil(&place));
        let list = at(&pupil, "fgm-reports");
        let mut at_once = report(place.staff_person);
        at_once["police_report"] = police(place.north_dsl_person, "2026-01-15T15:20:00Z");
        assert_eq!(dsl.post(&list, at_once).broken(), "/police_report/reported_by_id");
        let made = teacher.post(&list, report(place.staff_person));
        let (path, id) = (made.header("location").to_owned(), made.id());
        let refused = step(dsl, &path, "police-report", &police(place.north_dsl_person, "2026-01-15T15:20:00Z"));
        assert_eq!(refused.broken(), "/reported_by_id");
        for at in ["2026-01-14T15:20:00Z", "2099-01-15T15:20:00Z"] {
            assert_eq!(step(teacher, &path, "police-report", &police(place.staff_person, at)).broken(), "/reported_at");
        }
        let late = police(place.staff_person, "2026-01-19T09:00:00Z");
        let view = step(teacher, &path, "police-report", &late).expect(200);
        assert_eq!((&view["reported_in_time"], &view["police_report"]["reference"]), (&json!(false), &json!("CAD 1204")));
        assert_eq!(step(teacher, &path, "police-report", &late).problem(409), "state_conflict");
        assert!(due(teacher, "fgm_report", &id, "").is_empty());
        assert_eq!(due(dsl, "fgm_report", &id, "&state=met")[0]["met_on"], "2026-01-19");
        let told = json!({"told_on": "2026-01-15", "person_id": place.north_dsl_person});
        assert_eq!(step(teacher, &path, "lead-told", &told).expect(200)["lead_told"], told);
        assert_eq!(step(teacher, &path, "lead-told", &told).problem(409), "state_conflict");
        // A teacher puts their own record right, and gives it to nobody else.
        let other = json!({"discovery": report(place.north_dsl_person), "reason": "Not I."});
        assert_eq!(step(teacher, &path, "corrections", &other).broken(), "/discovery/teacher_id");
        let mut in_time = report(place.staff_person);
        in_time["police_report"] = police(place.staff_person, "2026-01-16T16:00:00Z");
        let right = json!({"discovery": in_time, "reason": "It was on the Friday."});
        assert_eq!(step(teacher, &path, "corrections", &right).expect(201)["reported_in_time"], true);
        assert_eq!(chronology(dsl, &pupil, &id), [("fgm_discovered".to_owned(), "told_by_child: Told me.".to_owned())]);
    }

    fn the_duty_is_about_children(backend) {
        let place = Place::new(backend);
        let mut grown = Place::pupil("Zoe", None, place.north);
        grown["birth_date"] = json!("2008-01-15");
        let grown = place.north_dsl.post("/v1/pupils", grown).id();
        let refused = place.north_dsl.post(&at(&grown, "fgm-reports"), report(place.staff_person));
        assert_eq!(refused.broken(), "/discovered_on");
        let mut before = report(place.staff_person);
        before["discovered_on"] = json!("2026-01-14");
        place.north_dsl.post(&at(&grown, "fgm-reports"), before).expect(201);
    }

    fn a_teacher_whose_pupil_has_gone_keeps_what_the_school_knew(backend) {
        let place = Place::new(backend);
        let (teacher, pupil) = (&place.north_staff, pupil(&place));
        let made = teacher.post(&at(&pupil, "fgm-reports"), report(place.staff_person));
        let path = made.header("location").to_owned();
        moves_on(&place, &pupil);
        let mut more = report(place.staff_person);
        more["account"] = json!("Said to us too.");
        step(&place.south_dsl, &path, "corrections", &json!({"discovery": more, "reason": "More."})).expect(201);
        assert_eq!(teacher.get(&path).expect(200), made.json());
        let conflict = json!({"person_id": place.staff_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        assert_eq!(teacher.get(&path).problem(404), "not_found");
    }
}
