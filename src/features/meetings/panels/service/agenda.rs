//! The agenda: what stands open, or stood open when the panel was held. What the caller may not see and is not asked on
//! is not there, nor is it counted.

use super::super::dto::AgendaItemView;
use super::super::rules::{self, Attendee};
use super::super::store::{self, PanelRow};
use super::agreements;
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A page of the agenda, by concern.
pub fn agenda(conn: &mut Conn, scope: &Scope, panel: Id, paging: &Paging) -> ApiResult<Page<AgendaItemView>> {
    let panel = store::load(conn, scope, panel)?;
    let ids = match panel.held_at {
        Some(_) => store::items(conn, &panel)?,
        None => concerns::panels::open_at(conn, panel.trust_id, panel.school_id)?,
    };
    let items = items(conn, scope, &panel, &ids)?;
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let after = paging.after_id()?;
    let rows = items.into_iter().filter(|item| after.is_none_or(|after| item.concern_id > after));
    let rows = rows.take(paging.limit() + 1).collect();
    let page = paging.page(rows, |item: &AgendaItemView| Cursor::id(item.concern_id), |item| item);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

fn items(conn: &mut Conn, scope: &Scope, panel: &PanelRow, ids: &[Id]) -> ApiResult<Vec<AgendaItemView>> {
    let mut seen = concerns::panels::seen_in_full(conn, scope, ids)?;
    let attendees = agreements::attendees(conn, panel)?;
    let mine = own(scope, &attendees);
    let answers = store::answers(conn, panel, None)?;
    let mut items = Vec::new();
    for concern in concerns::panels::on_agenda(conn, scope.trust(), ids)? {
        let summary = seen.remove(&concern.id());
        let asked = panel.held_at.is_some() && mine.is_some() && {
            let matter = agreements::matter(conn, scope, panel, &concern)?;
            rules::voters(&attendees, &matter).iter().any(|(person, _)| Some(*person) == scope.person())
        };
        if summary.is_none() && !asked {
            continue;
        }
        let answer = answers.iter().find(|row| {
            row.concern_id == concern.id()
                && row.superseded_at.is_none()
                && Some(row.person_id) == scope.person()
        });
        items.push(AgendaItemView {
            concern_id: concern.id(),
            concern_version: concern.version(),
            is_open: concern.is_open(),
            asked: asked && concern.is_open(),
            my_answer: answer.map(|row| row.answer),
            concern: summary,
        });
    }
    Ok(items)
}

fn own<'a>(scope: &Scope, attendees: &'a [Attendee]) -> Option<&'a Attendee> {
    let person = scope.person()?;
    attendees.iter().find(|one| one.person == Some(person) && one.is_present && one.role.has_vote())
}
