//! The kinds of file: people with engagements, schools.

use super::*;
use crate::on_both;
use crate::support::made::admin;

const PEOPLE: &str = "Email,Forename,Surname,URN,Category,Job title,Start date,End date\n";

on_both! {
    fn people_come_with_their_engagements(backend) {
        let ground = Ground::new(backend);
        let file = format!(
            "{PEOPLE}R.Example@Trust-A.example,Robin,Example,199001,Teaching staff,Year 4,01/09/2024,\n\
             b.sample@trust-a.example,Bela,Sample,,SLT,Head of year,2024-09-01,\n"
        );
        let import = ground.bring_in("people", &file);
        assert_eq!(import["applied"], 2, "{import}");
        let found = ground.mis.search("/v1/people/searches", json!({"words": "robin example"})).expect(200);
        let person = &found["items"][0];
        assert_eq!(person["work_email"], "r.example@trust-a.example");
        let engagements = ground.mis.get(&format!("/v1/people/{}/engagements", person["id"].as_str().unwrap())).expect(200);
        assert_eq!((&engagements["items"][0]["category"], &engagements["items"][0]["post"]), (&json!("teacher"), &json!("Year 4")));
        let again = file.replace("Year 4", "Year 5").replace("Bela", "Béla");
        let import = ground.bring_in("people", &again);
        assert_eq!((&import["to_change"], &import["applied"]), (&json!(2), &json!(2)), "{import}");
        assert_eq!((events(&ground.app, "engagement.changed"), events(&ground.app, "person.changed")), (1, 1));
        assert_eq!(ground.rehearse("people", &again)["to_skip"], 2);
    }

    fn a_persons_mistakes_are_named(backend) {
        let ground = Ground::new(backend);
        let file = format!(
            "{PEOPLE}nobody,Robin,Example,199001,Teacher,,01/09/2024,\n\
             a@a.example,Robin,Example,199002,Teacher,,01/09/2024,\n\
             b@a.example,Robin,Example,199001,Wizard,,01/09/2024,\n\
             c@a.example,Robin,Example,199001,Teacher,,01/09/2024,01/09/2023\n\
             d@a.example,Robin,Example,199001,,,01/09/2024,\n\
             ,Robin,Example,199001,Teacher,,01/09/2024,\n"
        );
        let import = ground.rehearse("people", &file);
        let found: Vec<String> = ground.rows(&import).iter().map(|row| faults(row)[0].1.clone()).collect();
        assert_eq!(
            found,
            ["/work_email", "/engagement/school_id", "/engagement/category", "/engagement/ends_on",
             "/engagement/category", "/work_email"]
        );
    }

    fn whoever_leads_a_school_is_not_renamed_by_a_file(backend) {
        let ground = Ground::new(backend);
        let file = format!("{PEOPLE}r@a.example,Robin,Example,199001,Teacher,,01/09/2024,\n");
        let import = ground.bring_in("people", &file);
        let person = ground.rows(&import)[0]["record_id"].clone();
        let lead = json!({"person_id": person, "role": "dsl", "school_id": ground.schools[0], "starts_on": "2024-09-01"});
        admin(&ground.app).post("/v1/appointments", lead).expect(201);
        let import = ground.rehearse("people", &file.replace("Robin", "Robyn"));
        assert_eq!(faults(&ground.rows(&import)[0]), [("Forename".to_owned(), "/given_name".to_owned(), "lead_role".to_owned())]);
    }

    fn a_person_elsewhere_in_the_trust_is_answered_as_by_hand(backend) {
        let ground = Ground::new(backend);
        let hidden = json!({
            "given_name": "Hidden", "family_name": "Zqcanary", "work_email": "h@a.example",
            "engagement": {"school_id": ground.schools[1], "category": "teacher", "starts_on": "2023-09-01"}
        });
        let id = admin(&ground.app).post("/v1/people", hidden).id();
        let import = ground.rehearse("people", &format!("{PEOPLE}h@a.example,Robin,Example,199001,Teacher,,01/09/2024,\n"));
        let rows = json!(ground.rows(&import));
        assert_eq!((&rows[0]["outcome"], &rows[0]["errors"][0]["code"]), (&json!("conflict"), &json!("already_exists")));
        assert!(!rows.to_string().contains(&id) && !rows.to_string().contains("Zqcanary"));
    }

    fn schools_are_filled_in_from_the_register(backend) {
        let ground = Ground::new(backend);
        let register = "urn,name,PhaseOfEducation (name)\n199001,Harbour View,Primary\n199003,Oak Lane,Secondary\n";
        tutela::features::exchange::imports::establishments::run(
            &ground.app.services.db,
            ground.app.services.clock.now(),
            std::io::Cursor::new(register),
            tutela::features::exchange::imports::establishments::Options::default(),
            &mut |_| {},
        )
        .unwrap();
        let admin = admin(&ground.app);
        let file = "URN,Name,TAS,Date joined,Left on\n199003,,yes,01/09/2020,\n199002,New Name,no,,\n123456,Nowhere,,,\n199001,,maybe,,\n";
        let made = admin.upload("/v1/imports?map=schools", file.as_bytes()).expect(202);
        let import = wait(&admin, made["id"].as_str().unwrap(), "rehearsed");
        let found = rows(&admin, &import);
        let outcomes: Vec<&str> = found.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["create", "change", "refuse", "refuse"], "{found:?}");
        assert_eq!(faults(&found[2])[0].2, "unknown_reference");
        assert_eq!(faults(&found[3])[0], ("TAS".to_owned(), "/tas".to_owned(), "format".to_owned()));
        apply(&admin, &import);
        let done = wait(&admin, import["id"].as_str().unwrap(), "applied");
        assert_eq!(done["applied"], 2, "{done}");
        let schools = admin.get("/v1/schools").expect(200);
        let oak = schools["items"].as_array().unwrap().iter().find(|school| school["urn"] == 199_003).unwrap();
        assert_eq!((&oak["name"], &oak["phase"], &oak["tas"]), (&json!("Oak Lane"), &json!("secondary"), &json!(true)));
    }
}
