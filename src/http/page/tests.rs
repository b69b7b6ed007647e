use super::*;

fn caller(name: &str) -> Caller {
    Caller::new(name, b"secret").unwrap()
}

fn paging(name: &str, cursor: Option<String>) -> ApiResult<Paging> {
    Paging::bound(&caller(name), "/v1/x", PageQuery { limit: Some(2), cursor, count: None }, "a=1")
}

#[test]
fn the_row_too_many_becomes_a_cursor() {
    let page = paging("me", None).unwrap().page(vec![1, 2, 3], |n| Cursor::number(*n), |n| n);
    assert_eq!(page.items, [1, 2]);
    let next = paging("me", page.next_cursor).unwrap();
    assert_eq!(next.after_number().unwrap(), Some(2));
    assert!(
        paging("me", None).unwrap().page(vec![1, 2], |n| Cursor::number(*n), |n| n).next_cursor.is_none()
    );
}

#[test]
fn a_cursor_holds_for_its_caller_only() {
    let page = paging("me", None).unwrap().page(vec![1, 2, 3], |n| Cursor::number(*n), |n| n);
    assert!(paging("you", page.next_cursor).is_err());
}

#[test]
fn nobody_makes_a_cursor_of_their_own() {
    let made = paging("me", None).unwrap().cursor(Cursor::word("a"));
    let read = |text: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    let opens =
        |value: &serde_json::Value| paging("me", Some(URL_SAFE_NO_PAD.encode(value.to_string()))).is_ok();
    assert!(opens(&read(&made)));
    let other_key = {
        let query = PageQuery { limit: Some(2), ..PageQuery::default() };
        let caller = Caller::new("me", b"guessed").unwrap();
        Paging::bound(&caller, "/v1/x", query, "a=1").unwrap().cursor(Cursor::word("a"))
    };
    assert!(!opens(&read(&other_key)));
    for (field, value) in
        [("k", serde_json::json!(["b"])), ("b", "".into()), ("b", "AAAA".into()), ("v", 1.into())]
    {
        let mut forged = read(&made);
        forged[field] = value;
        assert!(!opens(&forged), "{forged}");
    }
}

#[test]
fn a_key_with_a_null_character_is_refused() {
    let made = paging("me", None).unwrap();
    for (key, fits) in [("a", true), ("a\0", false)] {
        assert_eq!(paging("me", Some(made.cursor(Cursor::word(key)))).is_ok(), fits);
    }
}

#[test]
fn a_text_that_is_no_cursor_is_told_from_a_misused_one() {
    let code = |text: &str| paging("me", Some(text.to_owned())).unwrap_err().code;
    for text in ["", "a b", "a\0", "é", &"x".repeat(601)] {
        assert_eq!(code(text), crate::error::Code::Invalid, "{text:?}");
    }
    assert_eq!(code("abc"), crate::error::Code::RuleBroken);
}

#[test]
fn a_fault_points_at_where_the_page_was_asked_for() {
    let query = || PageQuery { cursor: Some("abc".to_owned()), ..PageQuery::default() };
    let pointer = |paging: ApiResult<Paging>| paging.unwrap_err().errors[0].pointer.clone();
    assert_eq!(pointer(Paging::bound(&caller(""), "", query(), "")), "?cursor");
    let searched = Paging::at(Place::Body, &caller(""), "", query(), "");
    assert_eq!(pointer(searched), "/cursor");
}

#[test]
fn limits_are_kept() {
    let ask =
        |limit| Paging::bound(&caller(""), "", PageQuery { limit: Some(limit), ..PageQuery::default() }, "");
    assert!(ask(200).is_ok());
    assert!(ask(0).is_err() && ask(201).is_err());
}
