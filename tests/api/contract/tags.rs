//! Equal tags are equal bytes, whoever reads.

use serde_json::json;

use crate::need_to_know::{at, raising, trust_b};
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_tag_of_a_concern_is_of_what_its_reader_sees(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[0];
        let protected = json!({"reporter": {"kind": "self", "protect_identity": true}});
        let reporter = at(&app, 0, "staff");
        let concern = reporter.post("/v1/concerns", raising(school, protected)).id();
        let path = format!("/v1/concerns/{concern}");
        let readers = [reporter, at(&app, 0, "dsl"), at(&app, 0, "headteacher")];
        let shown: Vec<_> = readers.iter().map(|client| client.get(&path)).filter(|answer| answer.status == 200).collect();
        assert!(shown.len() > 1);
        for one in &shown {
            for other in &shown {
                assert_eq!(one.etag() == other.etag(), one.text == other.text, "{} / {}", one.text, other.text);
            }
            for client in &readers {
                let again = client.send("GET", &path, &[("If-None-Match", &one.etag())], None);
                let own = client.get(&path);
                assert_eq!(again.status == 304, own.status == 200 && own.text == one.text, "{}", own.text);
            }
        }
    }
}
