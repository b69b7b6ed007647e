//! What goes over the wire about categories.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::code::{CategoryCode, GroupCode};
use super::reference::{self, Category, Factor};
use super::store::CategoryRow;
use crate::clock::Date;
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::http::patch::not_null;
use crate::text::{Name, Text};

crate::words! {
    /// Where a category comes from.
    pub enum Origin {
        /// Every trust has it; no trust changes it.
        Statutory = "statutory",
        /// This trust has added it.
        Trust = "trust",
    }
}

/// A category that the trust adds below a shared one.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "below_a_shared_one"))]
#[schema(example = json!({
    "code": "ABU-NEG-HOME", "label": "Neglect: unsafe home",
    "guidance": "Use for what was seen or told about the state of the home itself.",
    "indicators": ["no heating or hot water", "unsafe wiring or broken glass"]
}))]
pub struct CategoryCreate {
    /// The code: that of a shared category, a hyphen, and 2 to 6 capital letters or digits. It is never given again.
    pub code: CategoryCode,
    /// The label that people choose by.
    pub label: Name<150>,
    /// When to use it, and what to do.
    pub guidance: Text<2000>,
    /// What may be seen: prompts to report, never proof.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub indicators: Vec<Name<300>>,
}

impl MediaType for CategoryCreate {}

fn below_a_shared_one(input: &CategoryCreate) -> Result<(), ValidationError> {
    match input.code.parent() {
        None => Err(fault("/code", "format", "a trust's own code has three parts, like ABU-NEG-HOME")),
        Some(parent) if !reference::taxonomy().categories.contains_key(&parent) => {
            Err(fault("/code", "unknown_reference", "its first two parts are not a shared category"))
        }
        Some(_) => Ok(()),
    }
}

/// Changes to a category of the trust: absent fields stay as they are.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"label": "Neglect: unsafe or unfit home"}))]
pub struct CategoryPatch {
    /// The label that people choose by.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub label: Option<Name<150>>,
    /// When to use it, and what to do.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub guidance: Option<Text<2000>>,
    /// What may be seen, in place of the list that there is.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 20))]
    #[schema(nullable = false, max_items = 20)]
    pub indicators: Option<Vec<Name<300>>>,
}

impl MediaType for CategoryPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// The retirement of a category of the trust.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"retired_on": "2026-09-01", "reason": "Two categories that meant the same."}))]
pub struct CategoryRetirement {
    /// The first day on which no record may name it any more, today or later. Records that name it keep it.
    pub retired_on: Date,
    /// Why.
    pub reason: Text<1000>,
}

impl MediaType for CategoryRetirement {}

/// A factor identified at the end of an assessment, of the DfE's children in need census (N00181). It describes what a
/// local authority has found; a school's category only compares to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "16A", "label": "Neglect", "is_legacy": false, "must_stand_alone": false
}))]
pub struct FactorView {
    /// The census's code.
    #[schema(max_length = 3, pattern = "^[0-9]{1,2}[A-F]?$", example = "16A")]
    pub code: String,
    /// The census's label.
    #[schema(max_length = 150, example = "Neglect")]
    pub label: String,
    /// The census has split it into others and queries it.
    pub is_legacy: bool,
    /// It may not be combined with another.
    pub must_stand_alone: bool,
}

impl From<&Factor> for FactorView {
    fn from(factor: &Factor) -> Self {
        Self {
            code: factor.code.clone(),
            label: factor.label.clone(),
            is_legacy: factor.legacy,
            must_stand_alone: factor.alone,
        }
    }
}

/// Which factors to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FactorFilter {}

/// A category of concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "ABU-NEG", "group": "ABU", "group_label": "Abuse and neglect", "parent_code": null,
    "origin": "statutory", "label": "Neglect", "guidance": "Record exactly what you saw and when.",
    "indicators": ["often hungry, or takes or hoards food"],
    "factors": [{"code": "16A", "label": "Neglect", "is_legacy": false, "must_stand_alone": false}],
    "factor_note": null, "flags": [], "former_terms": [], "retired_on": null, "retirement_reason": null,
    "taxonomy_version": "2025-09"
}))]
pub struct CategoryView {
    /// Its code.
    pub code: CategoryCode,
    /// The group in which it stands.
    pub group: GroupCode,
    /// The group's label.
    pub group_label: Name<150>,
    /// The shared category below which the trust has added it; null for a shared one.
    pub parent_code: Option<CategoryCode>,
    /// Where it comes from.
    pub origin: Origin,
    /// The label that people choose by.
    pub label: Name<150>,
    /// When to use it, and what to do; shown while a concern is raised.
    pub guidance: Text<2000>,
    /// What may be seen: prompts to report. None is proof, and a missing one is no assurance.
    #[schema(max_items = 20)]
    pub indicators: Vec<Name<300>>,
    /// The DfE's factors that it compares to, those of the shared category for one of the trust's own; often none.
    #[schema(max_items = 10)]
    pub factors: Vec<FactorView>,
    /// Which of several factors holds when.
    pub factor_note: Option<Text<500>>,
    /// Words that can be added to the category in a record.
    #[schema(max_items = 20)]
    pub flags: Vec<Name<50>>,
    /// Words that were used for it and should not be any longer.
    #[schema(max_items = 20)]
    pub former_terms: Vec<Name<100>>,
    /// The first day on which no record may name it any more; null while it is in use.
    pub retired_on: Option<Date>,
    /// Why the trust has retired it.
    pub retirement_reason: Option<Text<1000>>,
    /// The version of the shared taxonomy that this answer was made from.
    #[schema(max_length = 20, pattern = "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$", example = "2025-09")]
    pub taxonomy_version: String,
    /// The version of the trust's own fields.
    #[serde(skip)]
    pub version: i64,
}

impl CategoryView {
    /// A shared category.
    pub fn shared(category: &Category) -> Self {
        let taxonomy = reference::taxonomy();
        let group = category.code.group();
        let factors = category.factors.iter().filter_map(|code| reference::factor(code));
        Self {
            group_label: taxonomy.groups.get(&group).unwrap_or(&category.label).clone(),
            group,
            code: category.code.clone(),
            parent_code: None,
            origin: Origin::Statutory,
            label: category.label.clone(),
            guidance: category.guidance.clone(),
            indicators: category.indicators.clone(),
            factors: factors.map(FactorView::from).collect(),
            factor_note: category.factor_note.clone(),
            flags: category.flags.clone(),
            former_terms: category.former_terms.clone(),
            retired_on: None,
            retirement_reason: None,
            taxonomy_version: taxonomy.version.clone(),
            version: 1,
        }
    }

    /// A category of the trust's own, with what it takes from the shared one above; none where that is gone.
    pub fn own(row: CategoryRow) -> Option<Self> {
        let shared = reference::taxonomy().categories.get(&row.parent_code)?;
        Some(Self {
            code: row.code,
            parent_code: Some(row.parent_code),
            origin: Origin::Trust,
            label: row.label,
            guidance: row.guidance,
            indicators: serde_json::from_str(&row.indicators).unwrap_or_default(),
            former_terms: Vec::new(),
            retired_on: row.retired_on,
            retirement_reason: row.retirement_reason,
            version: row.version,
            ..Self::shared(shared)
        })
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(self.version, self)
    }
}

/// Which categories to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryFilter {
    /// `true` for those out of use today, `false` for those in use; both where absent.
    #[param(required = false)]
    pub retired: Option<bool>,
    /// Only this group.
    #[param(required = false)]
    pub group: Option<GroupCode>,
}
