//! What the glass is broken for: found for somebody whose roles do not reach it.

use std::collections::BTreeSet;

use super::dto::BreakGlassCreate;
use super::service::TABLE;
use super::store::{self, GlassBody};
use crate::access::{Role, Scope, Tx};
use crate::clock::Date;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::panels::{self as cases, OnAgenda};
use crate::features::organisation::schools;
use crate::features::pupils::{self, PupilKey};
use crate::features::{concerns, people};
use crate::ids::Id;

/// What the glass is broken for, and the school whose it is.
pub enum Behind {
    /// A concern.
    Concern(OnAgenda),
    /// What a school has of a pupil.
    Pupil {
        /// The pupil.
        pupil: Id,
        /// The school.
        school: Id,
    },
}

impl Behind {
    /// Finds it for somebody whose roles do not: 404 where it is not there, is another trust's, or where the person has a
    /// conflict of interest.
    pub fn find(conn: &mut Conn, scope: &Scope, person: Id, input: &BreakGlassCreate) -> ApiResult<Self> {
        let trust = scope.trust();
        let found = if let Some(concern) = input.concern_id {
            cases::on_agenda(conn, trust, &[concern])?.pop().map(Self::Concern)
        } else if let Some(pupil) = input.pupil_id {
            let pupil = pupils::all_present(conn, trust, &[pupil])?.pop().unwrap_or(pupil);
            let school = pupils::school_of_file(conn, trust, pupil, input.school_id, scope.today())?;
            school.map(|school| Self::Pupil { pupil, school })
        } else {
            None
        };
        let found = found.ok_or_else(ApiError::not_found)?;
        if found.related(conn, trust)?.contains(&person) {
            return Err(ApiError::not_found());
        }
        Ok(found)
    }

    /// The school.
    pub fn school(&self) -> Id {
        match self {
            Self::Concern(concern) => concern.school(),
            Self::Pupil { school, .. } => *school,
        }
    }

    /// Who has a conflict of interest with what they ask for: of a pupil's file, with the pupil. That a concern in it is
    /// about them closes that concern, and tells them nothing here.
    fn related(&self, conn: &mut Conn, trust: Id) -> ApiResult<BTreeSet<Id>> {
        match self {
            Self::Concern(concern) => concern.linked(conn),
            Self::Pupil { pupil, .. } => Ok(pupils::persons_with(conn, trust, *pupil)?.into_iter().collect()),
        }
    }

    /// Who is not to hear of it, nor to judge it: they have a conflict of interest, or a concern in the file is about them
    /// or somebody of theirs.
    fn linked(&self, conn: &mut Conn, trust: Id) -> ApiResult<BTreeSet<Id>> {
        let mut linked = self.related(conn, trust)?;
        if let Self::Pupil { pupil, school } = self {
            linked.extend(concerns::linked_about(conn, trust, *pupil, *school)?);
        }
        Ok(linked)
    }

    /// Refuses what the person reads without breaking anything.
    pub fn refuse_read(&self, conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<()> {
        let is_read = match self {
            Self::Concern(concern) => cases::seen(conn, scope, concern.id())?.is_some(),
            Self::Pupil { pupil, school } => {
                let open = store::open_for_pupil(conn, scope, person, *pupil)?;
                open.iter().any(|row| row.school_id == *school)
            }
        };
        if is_read {
            return Err(ApiError::because(Code::StateConflict, "you read this already"));
        }
        Ok(())
    }

    /// Seals a text under the key of the case.
    pub fn seal(&self, tx: &mut Tx<'_>, id: Id, body: &GlassBody) -> ApiResult<Sealed> {
        match self {
            Self::Concern(concern) => concern.key(tx.conn, tx.vault)?.seal(TABLE, id, body),
            Self::Pupil { pupil, .. } => PupilKey::lock(tx, *pupil)?.seal(TABLE, id, body),
        }
    }
}

/// Who reviews what was broken at their school.
const LEADS: [Role; 3] = [Role::Dsl, Role::DeputyDsl, Role::Headteacher];

fn is_ours(school: &schools::SchoolRow, today: Date) -> bool {
    school.left_on.is_none_or(|left| left >= today)
}

/// The entries that wait for a review and that nobody at their school is left to review today, whoever was told of them:
/// for those above.
pub fn left_above(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    let (trust, today) = (scope.trust(), scope.today());
    let rows = store::unreviewed(conn, trust)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut leads = people::holders_by_school(conn, trust, &LEADS, today)?;
    let ours = schools::schools(conn, trust)?;
    leads.retain(|school, _| ours.iter().any(|known| known.id == *school && is_ours(known, today)));
    let about: Vec<Id> = rows.iter().filter_map(|row| row.concern_id).collect();
    let of_concerns = concerns::linked_people(conn, trust, &about)?;
    let mut left = Vec::new();
    for row in rows {
        let mut linked = match (row.concern_id, row.pupil_id) {
            (Some(concern), _) => of_concerns.get(&concern).cloned().unwrap_or_default(),
            (None, Some(pupil)) => Behind::Pupil { pupil, school: row.school_id }.linked(conn, trust)?,
            (None, None) => BTreeSet::new(),
        };
        linked.insert(row.person_id);
        let has_lead = leads.get(&row.school_id).is_some_and(|leads| !leads.is_subset(&linked));
        if !has_lead {
            left.push(row.id);
        }
    }
    Ok(left)
}

/// Who hears of it, and whether they are above the school: its safeguarding team and headteacher but for those who have a
/// conflict of interest; where that leaves nobody, the CEO, and after them the chair of trustees.
pub fn told(conn: &mut Conn, scope: &Scope, behind: &Behind, person: Id) -> ApiResult<(Vec<Id>, bool)> {
    let (trust, today, school) = (scope.trust(), scope.today(), behind.school());
    let mut closed = behind.linked(conn, trust)?;
    closed.insert(person);
    let known = schools::schools(conn, trust)?;
    if known.iter().any(|known| known.id == school && is_ours(known, today)) {
        let mut leads = people::holders(conn, trust, &LEADS, Some(school), today)?;
        leads.retain(|one| !closed.contains(one));
        if !leads.is_empty() {
            return Ok((leads, false));
        }
    }
    for above in [Role::Ceo, Role::ChairOfTrustees] {
        let mut above = people::holders(conn, trust, &[above], None, today)?;
        above.retain(|one| !closed.contains(one));
        if !above.is_empty() {
            return Ok((above, true));
        }
    }
    log::warn!("nobody is on record who reviews the glass that was broken at school {school}");
    Ok((Vec::new(), true))
}
