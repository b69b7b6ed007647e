//! A file for which no record speaks is taken away after a day, and no other.

use diesel::prelude::*;
use tutela::clock::Timestamp;
use tutela::db::schema::tasks;
use tutela::features::concerns::Sweeping;
use tutela::files::FileName;
use tutela::ids::Id;
use tutela::jobs::{Desk, Step, Worker};

use super::{Kept, add, items};
use crate::meetings::Case;
use crate::on_both;
use crate::support::{DemoApp, TestApp};

/// Does everything that is due; returns how much that was.
pub fn sweep(app: &DemoApp) -> usize {
    let worker = Sweeping::new(app.services.clone());
    let desk = Desk::new(app.services.db.clone(), app.services.clock.clone());
    let mut done = 0;
    while let Some(claim) = desk.claim(worker.kind()).unwrap() {
        assert_eq!(worker.step(&claim).unwrap(), Step::Done);
        desk.finish(claim).unwrap();
        done += 1;
    }
    done
}

fn waiting(app: &DemoApp) -> Vec<(Id, Timestamp)> {
    let of_files = |conn: &mut tutela::db::Conn| {
        let all = tasks::table.filter(tasks::kind.eq("sweep_files")).order(tasks::due_at.desc());
        Ok(all.select((tasks::record_id, tasks::due_at)).load(conn)?)
    };
    app.services.db.read_now(None, of_files).unwrap()
}

on_both! {
    fn a_file_whose_record_was_refused_goes_at_once(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::worked(&app, 1, 0, 2);
        let there = add(&case.dsl, &case, "A letter.");
        case.close_safely("dsl").expect(201);
        assert_eq!(add(&case.dsl, &case, "Too late.").problem(409), "concern_closed");
        assert_eq!(kept.files().len(), 1);
        app.services.clock.advance(24 * 3600 + 60);
        assert!(sweep(&app) >= 2);
        assert_eq!(kept.files().len(), 1);
        assert_eq!((sweep(&app), waiting(&app).len()), (0, 0));
        assert_eq!(case.dsl.get(&format!("{}/content", there.header("location"))).status, 401, "the token is a day old");
        let dsl = case.caller("dsl");
        assert_eq!(dsl.get(&format!("{}/content", there.header("location"))).text, "A letter.");
        assert_eq!(items(&dsl, &format!("{}/attachments", case.path())).len(), 1);
    }

    fn a_node_that_is_killed_between_file_and_record_leaves_nothing_for_good(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        add(&case.dsl, &case, "A letter.").expect(201);
        // What it has done by then: the task is stored, the file is there or half there.
        let (trust, now) = (app.demo.trusts[0].id, app.services.clock.now());
        let files: Vec<Id> = (0..2).map(|_| Id::new(now)).collect();
        for file in files.clone() {
            let due = now.plus_seconds(24 * 3600);
            app.services.db.write_now(Some(trust), move |conn| tutela::jobs::enqueue(conn, "sweep_files", trust, file, due)).unwrap();
        }
        let folder = kept.files()[0].parent().unwrap().to_owned();
        std::fs::write(folder.join(files[0].to_string()), b"whole").unwrap();
        std::fs::write(folder.join(format!("{}.part", files[1])), b"half").unwrap();
        // And what this database knows nothing of, since it is another one's, or from after a backup.
        std::fs::write(folder.join(Id::new(now).to_string()), b"another's").unwrap();
        app.services.clock.advance(25 * 3600);
        sweep(&app);
        assert_eq!(kept.files().len(), 2);
        let gone = FileName { trust, file: files[0] };
        assert!(app.services.files.as_ref().unwrap().get_now(gone).is_err());
    }
}
