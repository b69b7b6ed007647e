//! Several nodes: a stop in the middle, a node that comes back from the dead, two at once.

use std::sync::Arc;

use tutela::jobs::Runner;

use super::*;
use crate::on_both;

/// An import of so many pupils that waits to be rehearsed.
fn uploaded(ground: &Ground, count: usize) -> String {
    let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
    ground.mis.upload(&path, pupils_file(count).as_bytes()).expect(202)["id"].as_str().unwrap().to_owned()
}

fn import(ground: &Ground, id: &str) -> Value {
    ground.mis.get(&format!("/v1/imports/{id}")).expect(200)
}

on_both! {
    fn what_was_applied_before_the_end_is_told_until_the_report_goes(backend) {
        let ground = Ground::idle(backend);
        let id = uploaded(&ground, 600);
        let node = Node::new(&ground.app.services);
        node.run();
        apply(&ground.mis, &import(&ground, &id));
        let claim = node.claim().unwrap();
        assert_eq!(node.step(&claim), Step::More);
        let path = format!("/v1/imports/{id}");
        let tag = ground.mis.get(&path).etag();
        let reason = json!({"reason": "The wrong file."});
        let ended = ground.mis.post_on(&format!("{path}/cancellation"), &tag, reason).expect(200);
        assert_eq!((&ended["state"], &ended["applied"], &ended["has_rows"]), (&json!("cancelled"), &json!(500), &json!(true)));
        assert_eq!(rows(&ground.mis, &ended)[0]["result"], "applied");
        assert!(matches!(node.step(&claim), Step::Later(_)));
        ground.app.services.clock.advance(8 * 86_400);
        assert_eq!(node.step(&claim), Step::Done);
        assert_eq!(super::files::kept(&ground), (0, "cancelled".to_owned()));
    }

    fn a_stop_in_the_middle_is_taken_over_and_every_row_is_done_once(backend) {
        let ground = Ground::idle(backend);
        let id = uploaded(&ground, 1_200);
        let [first, second] = [0, 1].map(|_| Node::new(&ground.app.services));
        let lost = first.claim().unwrap();
        assert_eq!(first.step(&lost), Step::More);
        assert!(second.claim().is_none(), "somebody is at it");
        assert_eq!(import(&ground, &id)["rows"], 500);
        ground.app.services.clock.advance(31);
        second.run();
        assert!(first.worker.step(&lost).is_err() || import(&ground, &id)["rows"] == 1_200);
        let plan = import(&ground, &id);
        assert_eq!((&plan["state"], &plan["rows"], &plan["to_create"]), (&json!("rehearsed"), &json!(1_200), &json!(1_200)));
        apply(&ground.mis, &plan);
        let lost = second.claim().unwrap();
        assert_eq!(second.step(&lost), Step::More);
        assert_eq!(events(&ground.app, "pupil.created"), 500);
        ground.app.services.clock.advance(31);
        let third = Node::new(&ground.app.services);
        let claim = third.claim().unwrap();
        assert!(second.worker.step(&lost).is_err(), "the first one is fenced off");
        assert_eq!(third.step(&claim), Step::More);
        assert!(matches!(third.step(&claim), Step::Later(_)));
        let done = import(&ground, &id);
        assert_eq!((&done["state"], &done["applied"], &done["failed"]), (&json!("applied"), &json!(1_200), &json!(0)));
        for kind in ["pupil.created", "enrolment.created"] {
            assert_eq!((events(&ground.app, kind), entries(&ground.app, kind)), (1_200, 1_200), "{kind}");
        }
    }

    fn a_row_that_stands_twice_is_found_by_the_node_that_takes_over(backend) {
        let ground = Ground::idle(backend);
        let twice = pupils_file(600) + &format!("{},Amara,Again,01/10/2015,03/09/2024,5\n", upn(3));
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        let id = ground.mis.upload(&path, twice.as_bytes()).expect(202)["id"].as_str().unwrap().to_owned();
        let first = Node::new(&ground.app.services);
        let claim = first.claim().unwrap();
        first.step(&claim);
        first.desk.postpone(claim, first.desk.now()).unwrap();
        Node::new(&ground.app.services).run();
        let plan = import(&ground, &id);
        assert_eq!((&plan["to_create"], &plan["to_refuse"]), (&json!(600), &json!(1)));
    }

    fn two_nodes_that_race_apply_every_row_once(backend) {
        let ground = Ground::idle(backend);
        let ids = [uploaded(&ground, 1_100)];
        let start = || {
            let services = &ground.app.services;
            let worker: Arc<dyn Worker> = Arc::new(Imports::new(services.clone()));
            Runner::start(&Desk::new(services.db.clone(), services.clock.clone()), vec![worker]).unwrap()
        };
        let nodes = [start(), start(), start()];
        for id in &ids {
            let plan = wait(&ground.mis, id, "rehearsed");
            apply(&ground.mis, &plan);
        }
        // Nodes come and go while it is applied.
        drop(nodes);
        let _nodes = [start(), start()];
        let done = wait(&ground.mis, &ids[0], "applied");
        assert_eq!((&done["applied"], &done["failed"]), (&json!(1_100), &json!(0)));
        assert_eq!(events(&ground.app, "pupil.created"), 1_100);
        assert_eq!(ground.pupils().len(), 1_100);
    }

    fn nothing_is_done_with_a_right_that_has_ended(backend) {
        let ground = Ground::idle(backend);
        let id = uploaded(&ground, 3);
        Node::new(&ground.app.services).run();
        let plan = import(&ground, &id);
        apply(&ground.mis, &plan);
        let maker = ground.mis.get("/v1/me").expect(200)["person_id"].as_str().unwrap().to_owned();
        let admin = crate::support::made::admin(&ground.app);
        admin.post("/v1/revocations", json!({"person_id": maker, "reason": "Gone."})).expect(201);
        Node::new(&ground.app.services).run();
        assert_eq!(events(&ground.app, "pupil.created"), 0);
        let other = mis(&ground.app, "Other", ground.schools[0], 199_001);
        let failed = other.get(&format!("/v1/imports/{id}")).expect(200);
        assert_eq!((&failed["state"], &failed["problem"]), (&json!("failed"), &json!("rights_ended")));
    }

    fn an_upload_that_was_never_completed_is_removed(backend) {
        use tutela::db::schema::imports;
        let ground = Ground::idle(backend);
        let id = Id::parse(&uploaded(&ground, 3)).unwrap();
        let trust = ground.app.world.trust_a;
        let at = ground.app.services.clock.now().plus_seconds(3_600);
        let back = move |conn: &mut tutela::db::Conn| {
            diesel::update(imports::table.find((trust, id))).set(imports::state.eq("receiving")).execute(conn)?;
            tutela::jobs::enqueue(conn, "import", trust, id, at)
        };
        ground.app.services.db.write_now(Some(trust), back).unwrap();
        let node = Node::new(&ground.app.services);
        node.run();
        assert_eq!(ground.mis.get(&format!("/v1/imports/{id}")).expect(200)["state"], "receiving");
        ground.app.services.clock.advance(3_601);
        node.run();
        let count = |conn: &mut tutela::db::Conn| Ok(imports::table.count().get_result::<i64>(conn)?);
        assert_eq!(ground.app.services.db.read_now(Some(trust), count).unwrap(), 0);
    }
}
