//! Many people at once, as a file brings them in. One person who is made by hand goes the same way.

use std::collections::{HashMap, HashSet};

use super::dto::{PersonCreate, PersonPatch};
use super::email::WorkEmail;
use super::engagements::{self, EngagementCreate, EngagementView};
use super::store::{self, PersonRow};
use super::{rules, service};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;
use crate::text::Name;

/// A person whom the trust knows by e-mail address.
#[derive(Clone, Debug)]
pub enum Known {
    /// Within the caller's reach.
    Seen(Box<KnownPerson>),
    /// Elsewhere in the trust: no more than that is for an answer.
    Elsewhere,
}

/// A person within reach, as far as a file can say something about them.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are described in dto.rs")]
pub struct KnownPerson {
    pub id: Id,
    pub given_name: Name<100>,
    pub family_name: Name<100>,
    pub preferred_name: Option<Name<100>>,
    pub version: i64,
    /// The engagements within reach, each with its version.
    pub engagements: Vec<(EngagementView, i64)>,
}

/// The people of these addresses, by address. One whom the caller does not reach is no more than that.
pub fn known_by_email(
    conn: &mut Conn,
    scope: &Scope,
    emails: &[WorkEmail],
) -> ApiResult<HashMap<String, Known>> {
    let rows = store::with_emails(conn, scope.trust(), emails)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let reached: HashSet<Id> = store::reached(conn, scope, &ids)?.into_iter().collect();
    let mut engagements: HashMap<Id, Vec<(EngagementView, i64)>> = HashMap::new();
    for (view, version) in engagements::of_people(conn, scope, &ids)? {
        engagements.entry(view.person_id).or_default().push((view, version));
    }
    let known = rows.into_iter().filter_map(|row| {
        let email = row.work_email.as_ref()?.as_str().to_owned();
        let known = if reached.contains(&row.id) {
            Known::Seen(Box::new(KnownPerson {
                id: row.id,
                engagements: engagements.remove(&row.id).unwrap_or_default(),
                given_name: row.given_name,
                family_name: row.family_name,
                preferred_name: row.preferred_name,
                version: row.version,
            }))
        } else {
            Known::Elsewhere
        };
        Some((email, known))
    });
    Ok(known.collect())
}

/// Makes people, each with an engagement where one is given. What is wrong with one of them stops the others not; a
/// failure of the database stops all.
pub fn create_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    inputs: Vec<PersonCreate>,
) -> ApiResult<Vec<ApiResult<PersonRow>>> {
    let emails: Vec<WorkEmail> = inputs.iter().filter_map(|input| input.work_email.clone()).collect();
    let known = store::with_emails(tx.conn, scope.trust(), &emails)?;
    let mut taken: HashSet<String> =
        known.into_iter().filter_map(|row| row.work_email).map(|email| email.as_str().to_owned()).collect();
    let mut places: HashMap<Option<Id>, ApiResult<()>> = HashMap::new();
    let (mut out, mut new, mut engaged) = (Vec::new(), Vec::new(), Vec::new());
    for input in inputs {
        let judged = match &input.engagement {
            None if scope.school_limit().is_some() => {
                let words = "your right reaches single schools: say at which the person works";
                Err(ApiError::rule("/engagement", "required", words))
            }
            None => Ok(()),
            Some(engagement) => places
                .entry(engagement.school_id)
                .or_insert_with(|| {
                    engagements::check_place(tx.conn, scope, engagement.school_id, "/engagement/school_id")
                })
                .clone(),
        };
        let free = input.work_email.as_ref().is_none_or(|email| taken.insert(email.as_str().to_owned()));
        let judged = judged.and_then(|()| if free { Ok(()) } else { Err(ApiError::of(Code::AlreadyExists)) });
        out.push(judged.map(|()| {
            let (row, engagement) = new_row(tx, scope, input);
            new.push((row.clone(), engagement.as_ref().and_then(|engagement| engagement.school_id)));
            engaged.extend(engagement.map(|engagement| (row.id, engagement)));
            row
        }));
    }
    for (row, school) in &new {
        tx.did("person.created", "person", row.id, *school)?;
    }
    let rows: Vec<PersonRow> = new.into_iter().map(|(row, _)| row).collect();
    store::insert_all(tx.conn, &rows)?;
    engagements::add_all(tx, scope, engaged)?;
    Ok(out)
}

fn new_row(tx: &Tx<'_>, scope: &Scope, input: PersonCreate) -> (PersonRow, Option<EngagementCreate>) {
    let row = PersonRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        name_folded: rules::folded_name(
            &input.given_name,
            &input.family_name,
            input.preferred_name.as_deref(),
        ),
        given_name: input.given_name,
        family_name: input.family_name,
        preferred_name: input.preferred_name,
        work_email: input.work_email,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    (row, input.engagement)
}

/// Changes a person whom the caller knows, and brings what is new about an engagement.
pub fn amend(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, version): (Id, i64),
    engagement: Option<engagements::Amendment>,
    patch: Option<PersonPatch>,
) -> ApiResult<()> {
    if let Some(engagement) = engagement {
        engagements::amend(tx, scope, person, engagement)?;
    }
    if let Some(patch) = patch {
        service::change(tx, scope, person, &IfMatch::Versions(vec![version]), patch)?;
    }
    Ok(())
}
