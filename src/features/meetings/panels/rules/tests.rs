use proptest::prelude::*;

use super::*;
use crate::features::organisation::calendar::Calendar;

fn person(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

fn attendee(n: u8, role: PanelRole) -> Attendee {
    Attendee { person: Some(person(n)), role, is_present: true }
}

/// A panel in which everybody agrees.
fn forum() -> Forum {
    let attendees = vec![
        attendee(1, PanelRole::Dsl),
        attendee(2, PanelRole::WelfareLap),
        attendee(3, PanelRole::TrustSafeguardingLead),
        attendee(4, PanelRole::FamilyLiaison),
        Attendee { person: None, role: PanelRole::Guest, is_present: true },
        Attendee { is_present: false, ..attendee(5, PanelRole::Headteacher) },
    ];
    let answers = [1, 2, 3].into_iter().map(|n| (person(n), Answer::Agree)).collect();
    Forum { is_held: true, is_schools: true, is_latest: true, is_on_agenda: true, attendees, answers }
}

fn said(n: u8, answer: Option<Answer>) -> Forum {
    let mut forum = forum();
    match answer {
        Some(answer) => forum.answers.insert(person(n), answer),
        None => forum.answers.remove(&person(n)),
    };
    forum
}

#[test]
fn everybody_who_has_a_vote_agrees() {
    assert_eq!(refusal(&forum(), &Matter::default()), None);
}

#[test]
fn each_condition_has_its_code() {
    let matter = Matter::default();
    assert_eq!(refusal(&Forum { is_held: false, ..forum() }, &matter), Some(Code::PanelNotHeld));
    assert_eq!(refusal(&Forum { is_schools: false, ..forum() }, &matter), Some(Code::PanelWrongSchool));
    assert_eq!(refusal(&Forum { is_latest: false, ..forum() }, &matter), Some(Code::PanelOver));
    assert_eq!(refusal(&Forum { is_on_agenda: false, ..forum() }, &matter), Some(Code::NotOnAgenda));
    let without = |role| {
        let mut forum = forum();
        forum.attendees.retain(|attendee| attendee.role != role);
        refusal(&forum, &matter)
    };
    assert_eq!(without(PanelRole::Dsl), Some(Code::PanelWithoutDsl));
    assert_eq!(without(PanelRole::TrustSafeguardingLead), Some(Code::PanelWithoutTrustLead));
    assert_eq!(without(PanelRole::WelfareLap), None);
    for n in [1, 2, 3] {
        assert_eq!(refusal(&said(n, Some(Answer::Disagree)), &matter), Some(Code::PanelNotUnanimous));
        assert_eq!(refusal(&said(n, Some(Answer::Abstain)), &matter), Some(Code::AgreementAbstained));
        assert_eq!(refusal(&said(n, None), &matter), Some(Code::AgreementMissing));
    }
}

#[test]
fn who_has_no_vote_or_did_not_come_changes_nothing() {
    for n in [4, 5, 9] {
        assert_eq!(refusal(&said(n, Some(Answer::Disagree)), &Matter::default()), None);
    }
}

#[test]
fn who_has_a_conflict_of_interest_is_not_asked() {
    let linked = |n| Matter { linked: BTreeSet::from([person(n)]), ..Matter::default() };
    assert_eq!(refusal(&said(2, None), &linked(2)), None);
    assert_eq!(refusal(&forum(), &linked(1)), Some(Code::PanelWithoutDsl));
    assert_eq!(refusal(&forum(), &linked(3)), Some(Code::PanelWithoutTrustLead));
}

#[test]
fn the_deputy_stands_in_for_a_lead_who_has_a_conflict() {
    let mut forum = forum();
    forum.attendees.push(attendee(6, PanelRole::TrustLeadDeputy));
    let matter = Matter { linked: BTreeSet::from([person(3)]), deputy: Some(person(6)), ..Matter::default() };
    assert_eq!(refusal(&forum, &matter), Some(Code::AgreementMissing));
    forum.answers.insert(person(6), Answer::Agree);
    assert_eq!(refusal(&forum, &matter), None);
    assert_eq!(
        refusal(&forum, &Matter { deputy: Some(person(7)), ..matter }),
        Some(Code::PanelWithoutTrustLead)
    );
    assert_eq!(refusal(&said(6, Some(Answer::Disagree)), &Matter::default()), None);
}

#[test]
fn a_lap_is_not_asked_on_the_restricted_log() {
    let matter = Matter { is_restricted: true, ..Matter::default() };
    assert_eq!(refusal(&said(2, None), &matter), None);
}

#[test]
fn nobody_is_taken_out_of_a_held_panel() {
    let (present, absent) = (
        attendee(1, PanelRole::WelfareLap),
        Attendee { is_present: false, ..attendee(1, PanelRole::WelfareLap) },
    );
    let guest = attendee(1, PanelRole::Guest);
    let refused = |held, before: &Attendee, now: &Attendee, own, answered| {
        attendance_refusal(held, Some(before), now, own, answered)
    };
    assert_eq!(refused(false, &present, &absent, false, false), None);
    assert_eq!(refused(true, &present, &absent, false, false), Some(Code::PanelHeld));
    assert_eq!(refused(true, &present, &guest, true, false), Some(Code::PanelHeld));
    assert_eq!(refused(true, &present, &absent, true, true), Some(Code::PanelHeld));
    assert_eq!(refused(true, &present, &absent, true, false), None);
    assert_eq!(refused(true, &absent, &present, false, false), None);
    assert_eq!(attendance_refusal(true, None, &present, false, false), None);
}

#[test]
fn who_is_expected_follows_the_settings() {
    let all = expected(PanelExpected::AllDsls, ClosureRule::SafetyStatement);
    assert_eq!(all, [PanelRole::Dsl, PanelRole::DeputyDsl]);
    let closing = expected(PanelExpected::AllDsls, ClosureRule::UnanimousPanel);
    assert!(closing.contains(&PanelRole::TrustSafeguardingLead));
    let team = expected(PanelExpected::AcademyTeamAndTrustLead, ClosureRule::UnanimousPanel);
    assert_eq!(team.len(), 5);
}

#[test]
fn a_week_begins_on_monday() {
    let day = |text| Date::parse(text).unwrap();
    for text in ["2026-01-12", "2026-01-15", "2026-01-18"] {
        assert_eq!(monday(day(text)), day("2026-01-12"));
    }
    assert_eq!(monday(day("2026-01-19")), day("2026-01-19"));
    assert!(
        school_weeks(&Calendar::default(), day("2026-01-01"), day("2026-02-01"), day("2026-03-01"))
            .is_empty()
    );
}

fn roles() -> impl Strategy<Value = PanelRole> {
    (0..PanelRole::ALL.len()).prop_map(|n| PanelRole::ALL[n])
}

proptest! {
    #[test]
    fn what_a_panel_closes_everybody_with_a_vote_agreed_to(
        present in proptest::collection::btree_map(0u8..7, (roles(), any::<bool>()), 0..7),
        answers in proptest::collection::btree_map(0u8..7, 0usize..3, 0..7),
        linked in proptest::collection::btree_set(0u8..7, 0..3),
        (is_held, is_schools, is_latest, is_on_agenda) in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        is_restricted: bool,
        deputy in proptest::option::of(0u8..7),
    ) {
        let attendees: Vec<Attendee> = present
            .iter()
            .map(|(n, (role, is_present))| Attendee { is_present: *is_present, ..attendee(*n, *role) })
            .collect();
        let forum = Forum {
            is_held,
            is_schools,
            is_latest,
            is_on_agenda,
            attendees,
            answers: answers.iter().map(|(n, answer)| (person(*n), Answer::ALL[*answer])).collect(),
        };
        let matter = Matter {
            is_restricted,
            is_elsewhere: !is_schools,
            linked: linked.iter().map(|n| person(*n)).collect(),
            deputy: deputy.map(person),
        };
        // The same once more, person by person.
        let (mut team, mut lead, mut unanimous) = (false, false, true);
        for (n, (role, is_present)) in &present {
            if !is_present || linked.contains(n) {
                continue;
            }
            let votes = match role {
                PanelRole::Guest | PanelRole::FamilyLiaison => false,
                PanelRole::WelfareLap => !is_restricted,
                PanelRole::TrustLeadDeputy => deputy == Some(*n),
                _ => true,
            };
            if votes {
                team |= matches!(role, PanelRole::Dsl | PanelRole::DeputyDsl);
                lead |= matches!(role, PanelRole::TrustSafeguardingLead | PanelRole::TrustLeadDeputy);
                unanimous &= answers.get(n).map(|answer| Answer::ALL[*answer]) == Some(Answer::Agree);
            }
        }
        let expected = is_held && is_schools && is_latest && is_on_agenda && team && lead && unanimous;
        prop_assert_eq!(refusal(&forum, &matter).is_none(), expected);
    }
}

#[test]
fn nobody_is_asked_on_what_stands_under_another_school() {
    let matter = Matter { is_elsewhere: true, ..Matter::default() };
    assert!(voters(&forum().attendees, &matter).is_empty());
}
