//! The tables, as both databases have them; a test compares this file with each.

#![allow(clippy::wildcard_imports, reason = "table! is written with all column types in scope")]
#![allow(missing_docs, reason = "table! has no place for them; the migrations say what each table is")]

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    trusts (id) {
        id -> Uid,
        slug -> Text,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    trust_settings (trust_id) {
        trust_id -> Uid,
        name -> Text,
        trust_lead_column -> Text,
        closure_rule -> Text,
        restricted_log -> Bool,
        version -> BigInt,
        updated_at -> Moment,
        scrutiny -> Text,
        panel_expected -> Text,
        scrutiny_alert_days -> Nullable<SmallInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    trust_keys (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        master_name -> Text,
        wrapped -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    idempotency_keys (trust_id, principal, key) {
        trust_id -> Uid,
        principal -> Text,
        key -> Text,
        digest -> Binary,
        created_id -> Nullable<Uid>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    audit_entries (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        at -> Moment,
        principal -> Text,
        person_id -> Nullable<Uid>,
        role -> Nullable<Text>,
        rule -> Text,
        action -> Text,
        class -> Text,
        record_id -> Nullable<Uid>,
        record_ids -> Nullable<Binary>,
        school_id -> Nullable<Uid>,
        outcome -> Text,
        request_id -> Text,
        canonical -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    events (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        at -> Moment,
        kind -> Text,
        class -> Text,
        record_id -> Uid,
        school_id -> Nullable<Uid>,
        request_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    establishments (urn) {
        urn -> Integer,
        name -> Text,
        name_folded -> Text,
        la_code -> Nullable<Text>,
        la_name -> Nullable<Text>,
        establishment_number -> Nullable<Text>,
        type_name -> Nullable<Text>,
        status_name -> Nullable<Text>,
        phase_name -> Nullable<Text>,
        open_date -> Nullable<Date>,
        close_date -> Nullable<Date>,
        statutory_low_age -> Nullable<SmallInt>,
        statutory_high_age -> Nullable<SmallInt>,
        ukprn -> Nullable<Text>,
        street -> Nullable<Text>,
        town -> Nullable<Text>,
        postcode -> Nullable<Text>,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    hubs (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        name -> Text,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    schools (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        urn -> Integer,
        name -> Text,
        laestab -> Nullable<Text>,
        la_name -> Nullable<Text>,
        phase -> Text,
        hub_id -> Nullable<Uid>,
        tas -> Bool,
        joined_on -> Nullable<Date>,
        left_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    academic_years (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        school_id -> Nullable<Uid>,
        calendar_of -> Uid,
        start_year -> SmallInt,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    half_terms (trust_id, academic_year_id, number) {
        trust_id -> Uid,
        academic_year_id -> Uid,
        number -> SmallInt,
        starts_on -> Date,
        ends_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    closed_days (trust_id, academic_year_id, day) {
        trust_id -> Uid,
        academic_year_id -> Uid,
        day -> Date,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    people (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        given_name -> Text,
        family_name -> Text,
        preferred_name -> Nullable<Text>,
        name_folded -> Text,
        work_email -> Nullable<Text>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    subjects (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        issuer -> Text,
        subject -> Text,
        created_at -> Moment,
        made_by_person -> Nullable<Uid>,
        confirmed_at -> Nullable<Moment>,
        confirmed_by_person -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    engagements (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        school_id -> Nullable<Uid>,
        category -> Text,
        post -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    appointments (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        school_id -> Nullable<Uid>,
        role -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    api_keys (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        name -> Text,
        person_id -> Nullable<Uid>,
        service -> Nullable<Text>,
        role -> Text,
        scopes -> Text,
        school_ids -> Text,
        networks -> Text,
        hash -> Binary,
        expires_at -> Moment,
        rotated_to -> Nullable<Uid>,
        revoked_at -> Nullable<Moment>,
        revoked_reason -> Nullable<Text>,
        last_used_at -> Nullable<Moment>,
        created_by -> Text,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        awaits_second -> Bool,
        made_by_person -> Nullable<Uid>,
        confirmed_at -> Nullable<Moment>,
        confirmed_by_person -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    revocations (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Nullable<Uid>,
        principal -> Nullable<Text>,
        reason -> Text,
        revoked_by -> Text,
        revoked_at -> Moment,
        lifted_at -> Nullable<Moment>,
        lifted_by -> Nullable<Text>,
        lifted_reason -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    notifications (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        kind -> Text,
        record_id -> Uid,
        at -> Moment,
        read_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupils (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        upn -> Nullable<Text>,
        given_name -> Text,
        family_name -> Text,
        preferred_name -> Nullable<Text>,
        name_folded -> Text,
        birth_date -> Date,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        claimed_upn -> Nullable<Text>,
        in_force_from -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_versions (trust_id, record_id, until_on) {
        trust_id -> Uid,
        record_id -> Uid,
        until_on -> Date,
        from_on -> Date,
        pupil_id -> Uid,
        upn -> Nullable<Text>,
        given_name -> Text,
        family_name -> Text,
        preferred_name -> Nullable<Text>,
        name_folded -> Text,
        birth_date -> Date,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        claimed_upn -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    enrolments (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        pupil_id -> Uid,
        school_id -> Uid,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        year_group -> Nullable<SmallInt>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        record_id -> Nullable<Uid>,
        joined_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    characteristics (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        pupil_id -> Uid,
        kind -> Text,
        value -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        body -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    conflicts (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        pupil_id -> Uid,
        relationship -> Text,
        recorded_by -> Text,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Text>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        body -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    trust_categories (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        code -> Text,
        parent_code -> Text,
        label -> Text,
        guidance -> Text,
        indicators -> Text,
        retired_on -> Nullable<Date>,
        retirement_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    recording_guidance (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        title -> Text,
        body -> Text,
        published_by -> Text,
        published_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concerns (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        school_id -> Uid,
        log -> Text,
        raised_by -> Nullable<Uid>,
        raised_by_principal -> Text,
        reporter_kind -> Text,
        reporter_protected -> Bool,
        guidance_id -> Nullable<Uid>,
        reported_at -> Moment,
        account_number -> Integer,
        state -> Text,
        severity -> Nullable<Text>,
        school_view_level -> Nullable<SmallInt>,
        monitor -> Bool,
        data_key -> Binary,
        version -> BigInt,
        updated_at -> Moment,
        round -> Integer,
        content_version -> BigInt,
        added_since_closure -> Bool,
        round_began_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_accounts (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        occurred_at -> Nullable<Moment>,
        occurred_approximately -> Bool,
        place -> Text,
        time_slot -> Text,
        source -> Text,
        content -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_categories (trust_id, concern_id, number, code) {
        trust_id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        code -> Text,
        is_primary -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_pupil_joins (trust_id, concern_id, number, joined_at, record_id) {
        trust_id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        joined_at -> Moment,
        record_id -> Uid,
        role -> Text,
        became_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_pupils (trust_id, concern_id, number, pupil_id) {
        trust_id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_adults (trust_id, concern_id, number, person_id) {
        trust_id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        person_id -> Uid,
        lifted_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_triages (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        severity -> Text,
        school_view_level -> Nullable<SmallInt>,
        monitor -> Bool,
        parent_informed -> Text,
        consent_basis -> Nullable<Text>,
        body -> Binary,
        round -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_notes (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        kind -> Text,
        author_id -> Nullable<Uid>,
        happened_at -> Moment,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_actions (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        kind -> Text,
        author_id -> Nullable<Uid>,
        owner_id -> Nullable<Uid>,
        due_on -> Nullable<Date>,
        is_required -> Bool,
        done_on -> Nullable<Date>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
        round -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_decisions (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        kind -> Text,
        author_id -> Nullable<Uid>,
        decided_at -> Moment,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
        round -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_links (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        other_id -> Uid,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_shares (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        person_id -> Uid,
        kind -> Text,
        granted_by -> Nullable<Uid>,
        granted_at -> Moment,
        ends_at -> Nullable<Moment>,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Uid>,
        body -> Binary,
        scope -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_grants (trust_id, person_id, concern_id) {
        trust_id -> Uid,
        person_id -> Uid,
        concern_id -> Uid,
        ends_at -> Nullable<Moment>,
        by_route -> Bool,
        school_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_naming_liftings (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        person_id -> Uid,
        lifted_by -> Uid,
        lifted_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_matches (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        claiming_id -> Uid,
        pupil_id -> Uid,
        school_id -> Uid,
        state -> Text,
        settled_at -> Nullable<Moment>,
        settled_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_cases (trust_id, pupil_id) {
        trust_id -> Uid,
        pupil_id -> Uid,
        data_key -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    external_decisions (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        agency -> Text,
        outcome -> Text,
        level -> Nullable<Text>,
        decided_on -> Date,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    signing_keys (purpose, number) {
        purpose -> Text,
        number -> Integer,
        id -> Uid,
        public_key -> Binary,
        master_name -> Text,
        sealed -> Binary,
        created_at -> Moment,
        signs_from -> Moment,
        signs_until -> Nullable<Moment>,
        revoked_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_statuses (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        kind -> Text,
        category -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        start_decision_id -> Nullable<Uid>,
        end_decision_id -> Nullable<Uid>,
        follows_id -> Nullable<Uid>,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    chronology_marks (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        pupil_id -> Uid,
        kind -> Text,
        source_id -> Uid,
        number -> Integer,
        significant -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    complex_pupils (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        school_id -> Uid,
        pupil_id -> Uid,
        held_since -> Date,
        next_review_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    complex_pupil_reviews (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        complex_pupil_id -> Uid,
        pupil_id -> Uid,
        held_on -> Date,
        outcome -> Text,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_scrutiny (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        round -> Integer,
        capacity -> Text,
        author_id -> Uid,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panels (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        school_id -> Uid,
        week -> Date,
        meets_on -> Date,
        held_at -> Nullable<Moment>,
        held_by -> Nullable<Uid>,
        data_key -> Binary,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_closures (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        round -> Integer,
        way -> Text,
        panel_id -> Nullable<Uid>,
        author_id -> Uid,
        closed_at -> Moment,
        reopened_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_reopenings (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        round -> Integer,
        author_id -> Uid,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panel_items (trust_id, panel_id, concern_id) {
        trust_id -> Uid,
        panel_id -> Uid,
        concern_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panel_attendance (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        panel_id -> Uid,
        person_id -> Nullable<Uid>,
        role -> Text,
        is_present -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panel_minutes (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        panel_id -> Uid,
        concern_id -> Nullable<Uid>,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        body -> Binary,
        number -> Integer,
        superseded_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panel_decisions (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        panel_id -> Uid,
        kind -> Text,
        concern_id -> Nullable<Uid>,
        owner_id -> Uid,
        due_on -> Date,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        body -> Binary,
        number -> Integer,
        superseded_at -> Nullable<Moment>,
        state -> Text,
        done_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    panel_agreements (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        panel_id -> Uid,
        concern_id -> Uid,
        round -> Integer,
        person_id -> Uid,
        number -> Integer,
        answer -> Text,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    leases (name) {
        name -> Text,
        token -> BigInt,
        holder -> Uid,
        expires_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    tasks (kind, trust_id, record_id) {
        kind -> Text,
        trust_id -> Uid,
        record_id -> Uid,
        due_at -> Moment,
        asked -> BigInt,
        tries -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    imports (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        map -> Text,
        map_version -> BigInt,
        school_id -> Nullable<Uid>,
        principal -> Text,
        mandate -> Text,
        state -> Text,
        encoding -> Nullable<Text>,
        size -> BigInt,
        header -> Nullable<Binary>,
        wrapped -> Nullable<Binary>,
        read_to -> BigInt,
        next_line -> BigInt,
        blocks -> BigInt,
        blocks_applied -> BigInt,
        plan_hash -> Nullable<Binary>,
        creates -> BigInt,
        changes -> BigInt,
        skips -> BigInt,
        conflicts -> BigInt,
        refusals -> BigInt,
        applied -> BigInt,
        failed -> BigInt,
        problem -> Nullable<Text>,
        expires_at -> Moment,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    import_parts (trust_id, import_id, number) {
        trust_id -> Uid,
        import_id -> Uid,
        number -> BigInt,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    import_schools (trust_id, import_id, school_id) {
        trust_id -> Uid,
        import_id -> Uid,
        school_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    import_blocks (trust_id, import_id, number) {
        trust_id -> Uid,
        import_id -> Uid,
        number -> BigInt,
        first_row -> BigInt,
        row_count -> BigInt,
        creates -> BigInt,
        changes -> BigInt,
        skips -> BigInt,
        conflicts -> BigInt,
        refusals -> BigInt,
        failed -> BigInt,
        applied_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_placements (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        number -> Integer,
        school_before -> Uid,
        school_after -> Uid,
        log_before -> Text,
        log_after -> Text,
        placed_by -> Nullable<Uid>,
        placed_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_link_versions (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        link_id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        withdraws -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    agencies (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        kind -> Text,
        name -> Text,
        la_code -> Nullable<Text>,
        telephone -> Nullable<Text>,
        secure_email -> Nullable<Text>,
        web_form -> Nullable<Text>,
        hours -> Nullable<Text>,
        out_of_hours_telephone -> Nullable<Text>,
        used_from -> Date,
        used_until -> Nullable<Date>,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    threshold_frameworks (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        la_code -> Text,
        name -> Text,
        starts_on -> Date,
        web_address -> Nullable<Text>,
        levels -> Text,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_referrals (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        agency_id -> Uid,
        made_at -> Moment,
        made_by -> Uid,
        method -> Text,
        consent -> Text,
        framework_id -> Nullable<Uid>,
        framework_level -> Nullable<SmallInt>,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
        acknowledged_at -> Nullable<Moment>,
        decided_at -> Nullable<Moment>,
        withdrawn_at -> Nullable<Moment>,
        round -> Integer,
        answered_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_referral_pupils (trust_id, referral_id, pupil_id) {
        trust_id -> Uid,
        referral_id -> Uid,
        pupil_id -> Uid,
        concern_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_referral_steps (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        referral_id -> Uid,
        kind -> Text,
        happened_at -> Moment,
        method -> Nullable<Text>,
        person_id -> Nullable<Uid>,
        challenge -> Nullable<Text>,
        answered_at -> Nullable<Moment>,
        pupil_id -> Nullable<Uid>,
        external_decision_id -> Nullable<Uid>,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_escalations (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        level -> Text,
        owner_id -> Uid,
        raised_at -> Moment,
        review_on -> Date,
        ended_at -> Nullable<Moment>,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_body_marks (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        concern_id -> Uid,
        pupil_id -> Nullable<Uid>,
        author_id -> Nullable<Uid>,
        by_reporter -> Bool,
        seen_at -> Moment,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_attachments (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        author_id -> Nullable<Uid>,
        by_reporter -> Bool,
        size -> BigInt,
        recorded_at -> Moment,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_part_grants (trust_id, person_id, concern_id) {
        trust_id -> Uid,
        person_id -> Uid,
        concern_id -> Uid,
        ends_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_support_grants (trust_id, person_id, concern_id) {
        trust_id -> Uid,
        person_id -> Uid,
        concern_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    concern_support_requests (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        concern_id -> Uid,
        state -> Text,
        requested_by -> Uid,
        requested_at -> Moment,
        wanted_until -> Nullable<Moment>,
        answered_by -> Nullable<Uid>,
        answered_at -> Nullable<Moment>,
        share_id -> Nullable<Uid>,
        ended_by -> Nullable<Uid>,
        ended_at -> Nullable<Moment>,
        body -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    break_glass (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        person_id -> Uid,
        school_id -> Uid,
        concern_id -> Nullable<Uid>,
        pupil_id -> Nullable<Uid>,
        broken_at -> Moment,
        ends_at -> Moment,
        ended_at -> Nullable<Moment>,
        ended_by -> Nullable<Uid>,
        goes_above -> Bool,
        outcome -> Nullable<Text>,
        reviewed_by -> Nullable<Uid>,
        reviewed_at -> Nullable<Moment>,
        body -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    families (trust_id, id) {
        trust_id -> Uid,
        id -> Uid,
        school_id -> Uid,
        data_key -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    family_names (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    family_members (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        family_id -> Uid,
        pupil_id -> Uid,
        school_id -> Uid,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_records (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        class -> Text,
        pupil_id -> Uid,
        school_id -> Uid,
        parent_id -> Nullable<Uid>,
        concern_id -> Nullable<Uid>,
        family_id -> Nullable<Uid>,
        owner_id -> Nullable<Uid>,
        opened_by -> Nullable<Uid>,
        happened_on -> Date,
        due_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    pupil_record_people (trust_id, record_id, person_id) {
        trust_id -> Uid,
        record_id -> Uid,
        person_id -> Uid,
        lifted_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    agency_meetings (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        kind -> Text,
        agency -> Text,
        invited_on -> Date,
        meets_on -> Date,
        lead_id -> Nullable<Uid>,
        wants_report -> Bool,
        report_due_on -> Nullable<Date>,
        report_sent_on -> Nullable<Date>,
        took_place -> Nullable<Bool>,
        attended -> Nullable<Bool>,
        outcome_on -> Nullable<Date>,
        external_decision_id -> Nullable<Uid>,
        status_id -> Nullable<Uid>,
        next_kind -> Nullable<Text>,
        next_on -> Nullable<Date>,
        followed_on -> Nullable<Date>,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    ap_placements (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        provider_urn -> Nullable<Integer>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        confirmed_on -> Nullable<Date>,
        ended -> Bool,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    ap_checks (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        placement_id -> Uid,
        kind -> Text,
        done_on -> Date,
        outcome -> Text,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    fgm_reports (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        teacher_id -> Uid,
        discovered_on -> Date,
        reported_at -> Nullable<Moment>,
        dsl_told_on -> Nullable<Date>,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    risk_assessments (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        kind -> Text,
        assessed_on -> Date,
        review_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    risk_actions (trust_id, id, number) {
        trust_id -> Uid,
        id -> Uid,
        number -> Integer,
        pupil_id -> Uid,
        school_id -> Uid,
        assessment_id -> Uid,
        owner_id -> Uid,
        due_on -> Date,
        done_on -> Nullable<Date>,
        first_due_on -> Nullable<Date>,
        last_due_on -> Nullable<Date>,
        settled -> Bool,
        withdrawn -> Bool,
        author_id -> Nullable<Uid>,
        recorded_at -> Moment,
        superseded_at -> Nullable<Moment>,
        body -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    trusts,
    trust_settings,
    trust_keys,
    idempotency_keys,
    audit_entries,
    events,
    establishments,
    hubs,
    schools,
    academic_years,
    half_terms,
    closed_days,
    people,
    subjects,
    engagements,
    appointments,
    api_keys,
    revocations,
    notifications,
    pupils,
    pupil_versions,
    enrolments,
    characteristics,
    conflicts,
    pupil_matches,
    signing_keys,
    trust_categories,
    recording_guidance,
    concerns,
    concern_accounts,
    concern_categories,
    concern_pupil_joins,
    concern_pupils,
    concern_adults,
    concern_triages,
    concern_notes,
    concern_actions,
    concern_decisions,
    concern_links,
    concern_shares,
    concern_grants,
    pupil_cases,
    external_decisions,
    pupil_statuses,
    chronology_marks,
    complex_pupils,
    complex_pupil_reviews,
    concern_scrutiny,
    panels,
    concern_closures,
    concern_reopenings,
    panel_items,
    panel_attendance,
    panel_minutes,
    panel_decisions,
    panel_agreements,
    leases,
    tasks,
    imports,
    import_parts,
    import_blocks,
    import_schools,
    concern_naming_liftings,
    concern_placements,
    concern_link_versions,
    agencies,
    threshold_frameworks,
    concern_referrals,
    concern_referral_pupils,
    concern_referral_steps,
    concern_escalations,
    concern_body_marks,
    concern_attachments,
    concern_part_grants,
    concern_support_grants,
    concern_support_requests,
    break_glass,
    families,
    family_names,
    family_members,
    pupil_records,
    pupil_record_people,
    agency_meetings,
    ap_placements,
    ap_checks,
    fgm_reports,
    risk_assessments,
    risk_actions,
);
