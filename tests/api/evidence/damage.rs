//! A file store that was meddled with: nothing but what was stored is ever given, and what is not is a clear failure.

use std::path::{Path, PathBuf};

use super::{Kept, document, upload};
use crate::meetings::Case;
use crate::on_both;
use crate::support::{Answer, TestApp};

fn meddle(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(file).unwrap();
    change(&mut bytes);
    std::fs::write(file, bytes).unwrap();
}

fn file_of(kept: &Kept, made: &Answer) -> PathBuf {
    let id = made.id();
    kept.files().into_iter().find(|file| file.ends_with(&id)).unwrap()
}

fn send(case: &Case<'_>, size: usize) -> (Answer, String) {
    let made = upload(&case.dsl, case, "letter.pdf", &[], &document(size));
    let content = format!("{}/content", made.header("location"));
    (made, content)
}

on_both! {
    fn what_is_not_what_was_stored_is_a_failure(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        let size = 200_000;
        for at in [0, 1, 19, 20, 65_000, 66_000, 200_000] {
            let (made, content) = send(&case, size);
            meddle(&file_of(&kept, &made), |bytes| bytes[at] ^= 1);
            assert_eq!(case.dsl.get(&content).problem(500), "internal", "byte {at}");
        }
        for length in [0, 20, 20 + 65_536 + 16, 200_067] {
            let (made, content) = send(&case, size);
            meddle(&file_of(&kept, &made), |bytes| bytes.truncate(length));
            assert_eq!(case.dsl.get(&content).problem(500), "internal", "cut at {length}");
        }
        let (made, content) = send(&case, size);
        meddle(&file_of(&kept, &made), |bytes| bytes.push(0));
        assert_eq!(case.dsl.get(&content).problem(500), "internal", "a byte more");
        std::fs::remove_file(file_of(&kept, &made)).unwrap();
        assert_eq!(case.dsl.get(&content).problem(500), "internal", "gone");
    }

    fn two_files_that_change_places_are_refused(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        let ((one, first), (two, second)) = (send(&case, 5_000), send(&case, 5_000));
        let (a, b) = (file_of(&kept, &one), file_of(&kept, &two));
        let (left, right) = (std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
        assert_ne!(left, right, "the same bytes never look the same");
        std::fs::write(&a, &right).unwrap();
        std::fs::write(&b, &left).unwrap();
        for content in [&first, &second] {
            assert_eq!(case.dsl.get(content).problem(500), "internal");
        }
        std::fs::write(&a, &left).unwrap();
        assert_eq!(case.dsl.download(&first).unwrap(), document(5_000));
    }

    fn damage_in_a_large_file_cuts_the_connection(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        let size = 2 * 1024 * 1024;
        let (made, content) = send(&case, size);
        assert_eq!(case.dsl.download(&content).unwrap(), document(size));
        let file = file_of(&kept, &made);
        meddle(&file, |bytes| *bytes.last_mut().unwrap() ^= 1);
        assert_eq!(case.dsl.download(&content), None, "the last piece");
        meddle(&file, |bytes| bytes[30] ^= 1);
        assert_eq!(case.dsl.get(&content).problem(500), "internal", "the first piece");
    }
}
