//! What files look like: letters, quotes, sizes, columns, and every mistake named.

use super::*;
use crate::on_both;

on_both! {
    fn every_mistake_is_named_by_row_column_and_field(backend) {
        let ground = Ground::new(backend);
        let head = "UPN,Forename,Surname,Known as,DOB,URN,Admission date,Leaving date,Year group\n";
        let good = upn(1);
        let file = [
            head.to_owned(),
            "X825200025001,Amara,Fenwick,,01/10/2015,199001,03/09/2024,,5\n".to_owned(),
            "8252,Amara,Fenwick,,01/10/2015,199001,03/09/2024,,5\n".to_owned(),
            ",,Fenwick,,01/10/2015,199001,03/09/2024,,5\n".to_owned(),
            format!(",Amara,{},,01/10/2015,199001,03/09/2024,,5\n", "x".repeat(101)),
            ",Amara,Fenwick,\"a\nb\",01/10/2015,199001,03/09/2024,,5\n".to_owned(),
            ",Amara,Fenwick,,31/02/2015,199001,03/09/2024,,5\n".to_owned(),
            ",Amara,Fenwick,,01/10/2099,199001,03/09/2024,,5\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015,999999,03/09/2024,,5\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015,199001,soon,,5\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015,199001,03/09/2024,03/09/2023,5\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015,199001,03/09/2024,,five\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015,199001,03/09/2024,,99\n".to_owned(),
            ",Amara,Fenwick,,01/10/2015\n".to_owned(),
            format!("{good},Amara,Fenwick,,01/10/2015,199001,03/09/2024,,5\n"),
            format!("{good},Bela,Fenwick,,01/10/2016,199001,03/09/2024,,5\n"),
        ]
        .concat();
        let import = ground.rehearse("pupils", &file);
        assert_eq!((&import["to_create"], &import["to_refuse"]), (&json!(1), &json!(14)), "{import}");
        let expected = [
            (2, "UPN", "/upn", "check_letter"),
            (3, "UPN", "/upn", "format"),
            (4, "Forename", "/given_name", "required"),
            (5, "Surname", "/family_name", "too_long"),
            (6, "Known as", "/preferred_name", "format"),
            (8, "DOB", "/birth_date", "format"),
            (9, "DOB", "/birth_date", "range"),
            (10, "URN", "/enrolment/school_id", "unknown_reference"),
            (11, "Admission date", "/enrolment/starts_on", "format"),
            (12, "Leaving date", "/enrolment/ends_on", "range"),
            (13, "Year group", "/enrolment/year_group", "format"),
            (14, "Year group", "/enrolment/year_group", "range"),
            (15, "", "", "fields"),
            (17, "UPN", "/upn", "repeated"),
        ];
        let refused: Vec<Value> = ground.rows(&import).into_iter().filter(|row| row["outcome"] == "refuse").collect();
        assert_eq!(refused.len(), expected.len());
        for (row, (line, column, pointer, code)) in refused.iter().zip(expected) {
            let fault = (column.to_owned(), pointer.to_owned(), code.to_owned());
            assert_eq!((&row["line"], faults(row)), (&json!(line), vec![fault]), "{row}");
            let text = row.to_string();
            assert!(!text.contains("X825200025001") && !text.contains("soon"), "no value is repeated: {text}");
        }
    }

    fn letters_marks_and_quotes_are_read(backend) {
        let ground = Ground::new(backend);
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        let utf8 = format!("\u{feff}{PUPILS}{},Zoë,\"O’Neill, \"\"Z\"\"\",01/10/2015,03/09/2024,5\r\n", upn(1));
        let mut windows = PUPILS.as_bytes().to_vec();
        windows.extend_from_slice(format!("{},Zo", upn(2)).as_bytes());
        windows.extend_from_slice(b"\xeb,O\x92Neill,01/10/2015,03/09/2024,5\n");
        for (file, encoding) in [(utf8.as_bytes(), "utf-8"), (&windows, "windows-1252")] {
            let id = ground.mis.upload(&path, file).expect(202)["id"].as_str().unwrap().to_owned();
            let import = wait(&ground.mis, &id, "rehearsed");
            assert_eq!((&import["encoding"], &import["to_create"]), (&json!(encoding), &json!(1)), "{import}");
            apply(&ground.mis, &import);
            wait(&ground.mis, &id, "applied");
        }
        let mut names: Vec<(Value, Value)> =
            ground.pupils().iter().map(|pupil| (pupil["given_name"].clone(), pupil["family_name"].clone())).collect();
        names.sort_by_key(|(_, family)| family.to_string());
        assert_eq!(names, [(json!("Zoë"), json!("O’Neill")), (json!("Zoë"), json!("O’Neill, \"Z\""))]);
        let wrong = ground.mis.upload(&format!("{path}&encoding=utf-8"), &windows);
        assert_eq!((wrong.problem(409), wrong.broken()), ("rule_broken".to_owned(), "?encoding".to_owned()));
        assert_eq!(ground.mis.get("/v1/imports").expect(200)["items"].as_array().unwrap().len(), 2, "nothing is left of it");
    }

    fn what_is_no_file_of_the_kind_is_refused_at_once(backend) {
        let ground = Ground::new(backend);
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        let code = |file: &[u8]| {
            let answer = ground.mis.upload(&path, file);
            let body = answer.json();
            (answer.status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(code(b""), (422, "required".to_owned()));
        assert_eq!(code(b"\n\n"), (409, "missing_column".to_owned()));
        assert_eq!(code(b"a,b\n1,2\n"), (409, "missing_column".to_owned()));
        assert_eq!(code(b"\xff\xfeU\0P\0N\0"), (409, "encoding".to_owned()));
        let forbidden = format!("Password,{PUPILS}");
        assert_eq!(code(forbidden.as_bytes()), (409, "forbidden_column".to_owned()));
        let detail = ground.mis.upload(&path, forbidden.as_bytes()).json()["errors"][0]["detail"].to_string();
        assert!(detail.contains("Password"), "{detail}");
        let twice = format!("Forename,{PUPILS}");
        assert_eq!(code(twice.as_bytes()), (409, "repeated_column".to_owned()));
        let json = ground.mis.send("POST", &path, &[("Content-Type", "application/json"), ("Idempotency-Key", "\"k\"")], Some(b"{}"));
        assert_eq!(json.problem(415), "unsupported_media_type");
        assert_eq!(ground.mis.get("/v1/imports").expect(200)["items"], json!([]));
    }

    fn a_file_without_rows_fails(backend) {
        let ground = Ground::new(backend);
        let made = ground.mis.upload(&format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]), PUPILS.as_bytes());
        let import = wait(&ground.mis, made.expect(202)["id"].as_str().unwrap(), "failed");
        assert_eq!((&import["problem"], &import["has_rows"]), (&json!("empty"), &json!(false)));
    }

    fn a_line_of_a_megabyte_is_one_bad_row(backend) {
        let ground = Ground::new(backend);
        let long = format!("{},Amara,{},01/10/2015,03/09/2024,5\n", upn(1), "x".repeat(1024 * 1024));
        let good = format!("{},Amara,Fenwick,01/10/2015,03/09/2024,5\n", upn(2));
        let import = ground.rehearse("pupils", &format!("{PUPILS}{long}{good}"));
        assert_eq!((&import["to_create"], &import["to_refuse"]), (&json!(1), &json!(1)), "{import}");
        let rows = ground.rows(&import);
        assert_eq!(faults(&rows[0]), [(String::new(), String::new(), "too_long".to_owned())]);
        assert_eq!((&rows[0]["line"], &rows[1]["line"]), (&json!(2), &json!(3)));
    }

    fn rejected_rows_come_back_to_be_mended(backend) {
        let ground = Ground::new(backend);
        let file = format!(
            "{PUPILS}{},=HYPERLINK(1),Fenwick,01/10/2015,soon,5\n,\"@Bela, B\",\"Quiet \"\"Q\"\"\",,03/09/2024,5\n{},Good,Fenwick,01/10/2015,03/09/2024,5\n",
            upn(1), upn(2)
        );
        let import = ground.rehearse("pupils", &file);
        let path = format!("/v1/imports/{}/rejected-rows", import["id"].as_str().unwrap());
        let answer = ground.mis.get(&path);
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
        let lines: Vec<&str> = answer.text.lines().collect();
        assert_eq!(lines[0], "UPN,Forename,Surname,DOB,Admission date,Year group,Line,Reason");
        assert!(lines[1].starts_with(&format!("{},'=HYPERLINK(1),Fenwick,01/10/2015,soon,5,2,", upn(1))), "{}", lines[1]);
        assert!(lines[1].contains("Admission date is no date"), "{}", lines[1]);
        assert!(lines[2].starts_with(",\"'@Bela, B\",\"Quiet \"\"Q\"\"\",,03/09/2024,5,3,"), "{}", lines[2]);
        assert_eq!(lines.len(), 3);
        let mended = answer.text.replace("soon", "03/09/2024").replace(",,03/09/2024", ",02/02/2016,03/09/2024");
        let import = ground.bring_in("pupils", &mended);
        assert_eq!(import["applied"], 2, "{import}");
        let mut names: Vec<String> =
            ground.pupils().iter().map(|pupil| pupil["given_name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        assert_eq!(names, ["=HYPERLINK(1)", "@Bela, B"], "the apostrophe was taken away again");
    }

    fn what_was_uploaded_cannot_be_read_in_the_database_and_is_destroyed_in_time(backend) {
        let ground = Ground::idle(backend);
        let made = ground.mis.upload(
            &format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]),
            pupils_file(3).replace("Fenwick", "Zqcanary").as_bytes(),
        );
        let id = made.expect(202)["id"].as_str().unwrap().to_owned();
        assert!(!stored(&ground).contains("Zqcanary"));
        let node = Node::new(&ground.app.services);
        node.run();
        let import = ground.mis.get(&format!("/v1/imports/{id}")).expect(200);
        assert_eq!(import["state"], "rehearsed");
        assert!(!stored(&ground).contains("Zqcanary"));
        ground.app.services.clock.advance(8 * 86_400);
        node.run();
        let (sealed, state) = kept(&ground);
        assert_eq!((sealed, state.as_str()), (0, "expired"));
    }
}

/// Everything that the import's tables hold, as text.
fn stored(ground: &Ground) -> String {
    use tutela::db::schema::{import_blocks, import_parts, imports};
    let read = |conn: &mut tutela::db::Conn| {
        let parts: Vec<Vec<u8>> = import_parts::table.select(import_parts::body).load(conn)?;
        let blocks: Vec<Vec<u8>> = import_blocks::table.select(import_blocks::body).load(conn)?;
        let headers: Vec<Option<Vec<u8>>> = imports::table.select(imports::header).load(conn)?;
        assert!(!parts.is_empty() || !blocks.is_empty());
        Ok(parts
            .into_iter()
            .chain(blocks)
            .chain(headers.into_iter().flatten())
            .flatten()
            .collect::<Vec<u8>>())
    };
    let bytes = ground.app.services.db.read_now(Some(ground.app.world.trust_a), read).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many sealed pieces are left, keys among them, and the state of the import.
pub fn kept(ground: &Ground) -> (usize, String) {
    use tutela::db::schema::{import_blocks, import_parts, imports};
    let read = |conn: &mut tutela::db::Conn| {
        let parts: i64 = import_parts::table.count().get_result(conn)?;
        let blocks: i64 = import_blocks::table.count().get_result(conn)?;
        let (wrapped, header, state): (Option<Vec<u8>>, Option<Vec<u8>>, String) =
            imports::table.select((imports::wrapped, imports::header, imports::state)).first(conn)?;
        let keys = usize::from(wrapped.is_some()) + usize::from(header.is_some());
        Ok((usize::try_from(parts + blocks).unwrap() + keys, state))
    };
    ground.app.services.db.read_now(Some(ground.app.world.trust_a), read).unwrap()
}
