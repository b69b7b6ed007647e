//! The matrix: reads `matrix.txt`, the one table from which rights, documents and tests come.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::actions::Action;
use super::roles::Role;

const TABLE: &str = include_str!("matrix.txt");

crate::words! {
    /// How far a right reaches.
    pub enum Reach {
        /// Not at all.
        None = "none",
        /// Metadata of what this service fed.
        Metadata = "metadata",
        /// What the person broke the glass for, as long as that lasts.
        BreakGlass = "break-glass",
        /// What the person raised, holds or did.
        Own = "own",
        /// The concerns to which the service let the person in, since everybody before them is linked to the case.
        Routed = "routed",
        /// Both: where the service let the person in, and what the person broke the glass for.
        RoutedOrBreakGlass = "routed-or-break-glass",
        /// Own, and the records shared with or assigned to the person by name.
        Assigned = "assigned",
        /// The schools at which the role is held.
        School = "school",
        /// The whole trust.
        Trust = "trust",
    }
}

crate::words! {
    /// How the trust uses its safeguarding lead: which column of the matrix holds for the role.
    pub enum TrustLeadColumn {
        /// The trust lead works named cases in every school.
        Casework = "casework",
        /// The trust lead sees aggregates, and named cases only where asked for support.
        Aggregate = "aggregate",
    }
}

/// A column of the matrix: a role, the trust lead's one in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The role.
    pub role: Role,
    /// Which of the two ways, for the trust lead.
    pub lead: Option<TrustLeadColumn>,
}

/// The columns in the order of the table, with the words of its head line.
pub const COLUMNS: &[(&str, Column)] = &[
    ("stf", plain(Role::Staff)),
    ("vol", plain(Role::Volunteer)),
    ("lap", plain(Role::WelfareLap)),
    ("flo", plain(Role::FamilyLiaison)),
    ("dds", plain(Role::DeputyDsl)),
    ("dsl", plain(Role::Dsl)),
    ("pln", plain(Role::PlanLead)),
    ("hd", plain(Role::Headteacher)),
    ("sgv", plain(Role::SafeguardingGovernor)),
    ("gov", plain(Role::Governor)),
    ("cog", plain(Role::ChairOfGovernors)),
    ("tsc", Column { role: Role::TrustSafeguardingLead, lead: Some(TrustLeadColumn::Casework) }),
    ("esl", Column { role: Role::TrustSafeguardingLead, lead: Some(TrustLeadColumn::Aggregate) }),
    ("ceo", plain(Role::Ceo)),
    ("tsl", plain(Role::TrusteeSafeguardingLead)),
    ("tru", plain(Role::Trustee)),
    ("hr", plain(Role::Hr)),
    ("sst", plain(Role::SharedServices)),
    ("mis", plain(Role::MisAdmin)),
    ("int", plain(Role::Integration)),
    ("aud", plain(Role::Auditor)),
    ("adm", plain(Role::TrustAdmin)),
    ("cht", plain(Role::ChairOfTrustees)),
    ("com", plain(Role::CommitteeMember)),
];

const fn plain(role: Role) -> Column {
    Column { role, lead: None }
}

/// How far a role's right to an action reaches, where the trust uses its lead in this way.
pub fn reach(action: Action, role: Role, lead: TrustLeadColumn) -> Reach {
    let column = Column { role, lead: (role == Role::TrustSafeguardingLead).then_some(lead) };
    cells().get(&(action, column)).copied().unwrap_or(Reach::None)
}

/// The roles that have a right to an action in some trust, in the table's order.
pub fn roles_with(action: Action) -> Vec<Role> {
    let mut roles: Vec<Role> = COLUMNS
        .iter()
        .filter(|(_, column)| cells().get(&(action, *column)).is_some_and(|reach| *reach != Reach::None))
        .map(|(_, column)| column.role)
        .collect();
    roles.dedup();
    roles
}

fn cells() -> &'static HashMap<(Action, Column), Reach> {
    static CELLS: OnceLock<HashMap<(Action, Column), Reach>> = OnceLock::new();
    CELLS.get_or_init(|| parse(TABLE))
}

fn parse(table: &str) -> HashMap<(Action, Column), Reach> {
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.flat_map(|row| {
        let mut words = row.split_whitespace();
        let action = words.next().and_then(Action::parse);
        words.zip(COLUMNS).filter_map(move |(cell, (_, column))| Some(((action?, *column), read_cell(cell)?)))
    })
    .collect()
}

fn read_cell(cell: &str) -> Option<Reach> {
    Some(match cell {
        "-" => Reach::None,
        "m" => Reach::Metadata,
        "b" => Reach::BreakGlass,
        "o" => Reach::Own,
        "r" => Reach::Routed,
        "rb" => Reach::RoutedOrBreakGlass,
        "a" => Reach::Assigned,
        "s" => Reach::School,
        "t" => Reach::Trust,
        _ => return None,
    })
}

/// The matrix as a page for people: `docs/access-matrix.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Access matrix\n\nMade by `tutela matrix` from `src/access/matrix.txt`; a test compares the two.\n\n\
         A cell says how far a right reaches: **own** (what the person raised, holds or did), **routed** (what \
         the service leaves to the person, since everybody before them is linked to the case: concerns, interventions, broken \
         glass to be reviewed), **break-glass** (what the person broke the glass for, as long as that lasts: whoever \
         has `break-glass.use` reads by it a concern whole, and writes nothing), **routed-or-break-glass** (either), **assigned** (own, and \
         records shared by name; in `support.answer` the place of the trust's lead in one concern), **school** (the schools at which the role is held), **trust**, **metadata** (of what \
         the service fed). Conflict of interest beats every cell. Into a concern of the restricted log nobody is let in \
         by name but those with **assigned**, **school** or **trust** in `concern.read-restricted`. `trust-safeguarding-lead` has two columns, of which \
         the trust's setting `trust_lead_column` picks one.\n\n",
    );
    for action in Action::ALL {
        page.push_str(&format!("## `{action}`\n\n{}\n\n", action.meaning().trim()));
        for reach in Reach::ALL.iter().rev().filter(|reach| **reach != Reach::None) {
            let roles: Vec<String> = COLUMNS
                .iter()
                .filter(|(_, column)| cells().get(&(*action, *column)) == Some(reach))
                .map(|(_, column)| match column.lead {
                    Some(lead) => format!("{} ({lead})", column.role),
                    None => column.role.to_string(),
                })
                .collect();
            if !roles.is_empty() {
                page.push_str(&format!("- **{reach}**: {}\n", roles.join(", ")));
            }
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_row_and_every_row_a_cell_for_every_role() {
        let head = TABLE.lines().find(|line| line.starts_with("action")).unwrap();
        let words: Vec<&str> = head.split_whitespace().skip(1).collect();
        assert_eq!(words, COLUMNS.iter().map(|(word, _)| *word).collect::<Vec<_>>());
        assert_eq!(cells().len(), Action::ALL.len() * COLUMNS.len());
    }

    #[test]
    fn everybody_but_services_may_raise_a_concern_and_add_to_it() {
        for (_, column) in COLUMNS.iter().filter(|(_, column)| !column.role.is_service_role()) {
            for action in [Action::ConcernRaise, Action::ConcernRead, Action::ConcernAdd] {
                assert_ne!(cells()[&(action, *column)], Reach::None, "{} {action}", column.role);
            }
        }
    }

    #[test]
    fn the_glass_is_broken_by_the_trust_lead_who_does_not_work_cases_and_by_nobody_else() {
        for (_, column) in COLUMNS {
            let reach = cells()[&(Action::BreakGlassUse, *column)];
            let may = column.lead == Some(TrustLeadColumn::Aggregate);
            assert_eq!(reach != Reach::None, may, "{}", column.role);
            assert!(!may || cells()[&(Action::BreakGlassReview, *column)] == Reach::None);
        }
    }

    #[test]
    fn governors_trustees_and_admins_never_reach_another_persons_case() {
        let aggregate = [Role::Governor, Role::SafeguardingGovernor, Role::Trustee, Role::TrustAdmin];
        for role in aggregate {
            assert_eq!(reach(Action::ConcernRead, role, TrustLeadColumn::Casework), Reach::Own, "{role}");
            assert_eq!(reach(Action::ConcernWork, role, TrustLeadColumn::Casework), Reach::None, "{role}");
        }
    }
}
