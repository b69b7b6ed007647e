//! The people and places of the demo: all of them invented.

/// A trust of the demo.
pub struct TrustPlan {
    pub slug: &'static str,
    pub name: &'static str,
    /// How the trust lead works: `casework` or `aggregate`.
    pub lead: &'static str,
    pub closure_rule: &'static str,
    pub scrutiny: &'static str,
    pub panel_expected: &'static str,
    pub restricted_log: bool,
    pub hubs: &'static [&'static str],
    pub schools: &'static [SchoolPlan],
    /// Roles held in the trust, with who holds them.
    pub central: &'static [Post],
}

/// A school of the demo.
pub struct SchoolPlan {
    pub urn: i32,
    /// Which of the trust's hubs it is in.
    pub hub: Option<usize>,
    pub tas: bool,
    pub staff: &'static [Post],
    pub pupils: &'static [Pupil],
}

/// A post with who holds it.
pub struct Post {
    /// The role, as tokens name it.
    pub role: &'static str,
    pub given: &'static str,
    pub family: &'static str,
}

/// A pupil of the demo.
pub struct Pupil {
    pub given: &'static str,
    pub family: &'static str,
    pub birth_date: &'static str,
    pub upn: &'static str,
}

const fn post(role: &'static str, given: &'static str, family: &'static str) -> Post {
    Post { role, given, family }
}

/// An alternative-provision trust whose lead works named cases, and a trust of small primaries in two authorities.
pub const TRUSTS: &[TrustPlan] = &[
    TrustPlan {
        slug: "trust-a",
        name: "Trust A",
        lead: "casework",
        closure_rule: "unanimous_panel",
        scrutiny: "team_and_trust_lead",
        panel_expected: "academy_team_and_trust_lead",
        restricted_log: true,
        hubs: &[],
        schools: A_SCHOOLS,
        central: A_CENTRAL,
    },
    TrustPlan {
        slug: "trust-b",
        name: "Trust B",
        lead: "aggregate",
        closure_rule: "safety_statement",
        scrutiny: "dsl_team",
        panel_expected: "all_dsls",
        restricted_log: false,
        hubs: &["North hub", "South hub"],
        schools: B_SCHOOLS,
        central: B_CENTRAL,
    },
];

const A0_STAFF: &[Post] = &[
    post("dsl", "Marta", "Ashdown"),
    post("deputy-dsl", "Niall", "Birchall"),
    post("headteacher", "Orla", "Cravenholt"),
    post("staff", "Petra", "Dewhurst"),
    post("volunteer", "Ravi", "Ellingwood"),
    post("welfare-lap", "Saskia", "Farrowby"),
    post("family-liaison", "Tomas", "Goldacre"),
    post("plan-lead", "Una", "Holmwick"),
    post("mis-admin", "Vikram", "Ivesham"),
    post("safeguarding-governor", "Wilma", "Kettlewood"),
    post("governor", "Yusuf", "Larkins"),
    post("chair-of-governors", "Zofia", "Merriwick"),
];

const A0_PUPILS: &[Pupil] = &[
    Pupil { given: "Ada", family: "Applefield", birth_date: "2012-06-12", upn: "Z926400017001" },
    Pupil { given: "Hari", family: "Dunmarrow", birth_date: "2012-11-23", upn: "N926400017002" },
    Pupil { given: "Otis", family: "Greenhollow", birth_date: "2012-04-06", upn: "C926400017003" },
    Pupil { given: "Vera", family: "Jasperley", birth_date: "2012-09-17", upn: "R926400017004" },
    Pupil { given: "Cleo", family: "Coppergate", birth_date: "2012-02-28", upn: "F926400017005" },
    Pupil { given: "Joss", family: "Fennimore", birth_date: "2012-07-11", upn: "K92640001700A" },
];

const A1_STAFF: &[Post] = &[
    post("dsl", "Anselm", "Northolme"),
    post("headteacher", "Bettina", "Oakenshaw"),
    post("staff", "Caspar", "Penhallow"),
];

const A1_PUPILS: &[Pupil] = &[
    Pupil { given: "Quin", family: "Inkpenny", birth_date: "2011-12-22", upn: "J926400716007" },
    Pupil { given: "Xan", family: "Brindlecombe", birth_date: "2011-05-05", upn: "Y926400716008" },
    Pupil { given: "Edie", family: "Eastwhistle", birth_date: "2011-10-16", upn: "M926400716009" },
    Pupil { given: "Lena", family: "Harrowmede", birth_date: "2011-03-27", upn: "Y926400716010" },
    Pupil { given: "Seth", family: "Applefield", birth_date: "2011-08-10", upn: "M926400716011" },
    Pupil { given: "Zeb", family: "Dunmarrow", birth_date: "2011-01-21", upn: "Y92640071601A" },
];

const A2_STAFF: &[Post] = &[
    post("dsl", "Dilys", "Quarrington"),
    post("headteacher", "Emrys", "Ravenscar"),
    post("staff", "Frida", "Silverdale"),
];

const A2_PUPILS: &[Pupil] = &[
    Pupil { given: "Gwen", family: "Greenhollow", birth_date: "2013-06-04", upn: "U926401418013" },
    Pupil { given: "Nell", family: "Jasperley", birth_date: "2013-11-15", upn: "H926401418014" },
    Pupil { given: "Umar", family: "Coppergate", birth_date: "2013-04-26", upn: "X926401418015" },
    Pupil { given: "Bram", family: "Fennimore", birth_date: "2013-09-09", upn: "L926401418016" },
    Pupil { given: "Isla", family: "Inkpenny", birth_date: "2013-02-20", upn: "A926401418017" },
    Pupil { given: "Pia", family: "Brindlecombe", birth_date: "2013-07-03", upn: "B92640141801A" },
];

const A_SCHOOLS: &[SchoolPlan] = &[
    SchoolPlan { urn: 999_001, hub: None, tas: false, staff: A0_STAFF, pupils: A0_PUPILS },
    SchoolPlan { urn: 999_002, hub: None, tas: false, staff: A1_STAFF, pupils: A1_PUPILS },
    SchoolPlan { urn: 999_003, hub: None, tas: false, staff: A2_STAFF, pupils: A2_PUPILS },
];

const A_CENTRAL: &[Post] = &[
    post("trust-safeguarding-lead", "Gideon", "Thistleby"),
    post("ceo", "Hester", "Underhay"),
    post("trustee-safeguarding-lead", "Ivo", "Wetherell"),
    post("trustee", "Juno", "Yarrowdale"),
    post("hr", "Kester", "Ashdown"),
    post("shared-services", "Lorna", "Birchall"),
    post("trust-admin", "Magnus", "Cravenholt"),
    post("chair-of-trustees", "Nerys", "Dewhurst"),
    post("committee-member", "Osric", "Ellingwood"),
];

const B0_STAFF: &[Post] = &[
    post("dsl", "Perpetua", "Farrowby"),
    post("deputy-dsl", "Rufus", "Goldacre"),
    post("headteacher", "Sunniva", "Holmwick"),
    post("staff", "Torin", "Ivesham"),
    post("volunteer", "Ursula", "Kettlewood"),
    post("welfare-lap", "Verity", "Larkins"),
    post("family-liaison", "Wystan", "Merriwick"),
    post("plan-lead", "Ysolde", "Northolme"),
    post("mis-admin", "Zachary", "Oakenshaw"),
    post("safeguarding-governor", "Alma", "Penhallow"),
    post("governor", "Barnaby", "Quarrington"),
    post("chair-of-governors", "Cosima", "Ravenscar"),
];

const B0_PUPILS: &[Pupil] = &[
    Pupil { given: "Wren", family: "Eastwhistle", birth_date: "2016-12-14", upn: "A891410021019" },
    Pupil { given: "Dov", family: "Harrowmede", birth_date: "2016-05-25", upn: "L891410021020" },
    Pupil { given: "Kit", family: "Applefield", birth_date: "2016-10-08", upn: "A891410021021" },
    Pupil { given: "Rosa", family: "Dunmarrow", birth_date: "2016-03-19", upn: "P891410021022" },
    Pupil { given: "Yara", family: "Greenhollow", birth_date: "2016-08-02", upn: "D891410021023" },
    Pupil { given: "Finn", family: "Jasperley", birth_date: "2016-01-13", upn: "L89141002102A" },
];

const B1_STAFF: &[Post] = &[
    post("dsl", "Duncan", "Silverdale"),
    post("headteacher", "Elspeth", "Thistleby"),
    post("staff", "Fergus", "Underhay"),
];

const B1_PUPILS: &[Pupil] = &[
    Pupil { given: "Milo", family: "Coppergate", birth_date: "2018-06-24", upn: "P891410723025" },
    Pupil { given: "Tess", family: "Fennimore", birth_date: "2018-11-07", upn: "D891410723026" },
    Pupil { given: "Ada", family: "Inkpenny", birth_date: "2018-04-18", upn: "T891410723027" },
    Pupil { given: "Hari", family: "Brindlecombe", birth_date: "2018-09-01", upn: "G891410723028" },
    Pupil { given: "Otis", family: "Eastwhistle", birth_date: "2018-02-12", upn: "W891410723029" },
    Pupil { given: "Vera", family: "Harrowmede", birth_date: "2018-07-23", upn: "G89141072303A" },
];

const B2_STAFF: &[Post] = &[
    post("dsl", "Gaia", "Wetherell"),
    post("headteacher", "Hector", "Yarrowdale"),
    post("staff", "Imelda", "Ashdown"),
];

const B2_PUPILS: &[Pupil] = &[
    Pupil { given: "Cleo", family: "Applefield", birth_date: "2017-12-06", upn: "W892411422031" },
    Pupil { given: "Joss", family: "Dunmarrow", birth_date: "2017-05-17", upn: "K892411422032" },
    Pupil { given: "Quin", family: "Greenhollow", birth_date: "2017-10-28", upn: "Z892411422033" },
    Pupil { given: "Xan", family: "Jasperley", birth_date: "2017-03-11", upn: "N892411422034" },
    Pupil { given: "Edie", family: "Coppergate", birth_date: "2017-08-22", upn: "C892411422035" },
    Pupil { given: "Lena", family: "Fennimore", birth_date: "2017-01-05", upn: "G89241142203A" },
];

const B3_STAFF: &[Post] = &[
    post("dsl", "Jolyon", "Birchall"),
    post("headteacher", "Keziah", "Cravenholt"),
    post("staff", "Linus", "Dewhurst"),
];

const B3_PUPILS: &[Pupil] = &[
    Pupil { given: "Seth", family: "Inkpenny", birth_date: "2019-06-16", upn: "J892412124037" },
    Pupil { given: "Zeb", family: "Brindlecombe", birth_date: "2019-11-27", upn: "Y892412124038" },
    Pupil { given: "Gwen", family: "Eastwhistle", birth_date: "2019-04-10", upn: "M892412124039" },
    Pupil { given: "Nell", family: "Harrowmede", birth_date: "2019-09-21", upn: "Y892412124040" },
    Pupil { given: "Umar", family: "Applefield", birth_date: "2019-02-04", upn: "M892412124041" },
    Pupil { given: "Bram", family: "Dunmarrow", birth_date: "2019-07-15", upn: "Y89241212404A" },
];

const B_SCHOOLS: &[SchoolPlan] = &[
    SchoolPlan { urn: 999_101, hub: Some(0), tas: false, staff: B0_STAFF, pupils: B0_PUPILS },
    SchoolPlan { urn: 999_102, hub: Some(0), tas: false, staff: B1_STAFF, pupils: B1_PUPILS },
    SchoolPlan { urn: 999_103, hub: Some(1), tas: false, staff: B2_STAFF, pupils: B2_PUPILS },
    SchoolPlan { urn: 999_104, hub: Some(1), tas: true, staff: B3_STAFF, pupils: B3_PUPILS },
];

const B_CENTRAL: &[Post] = &[
    post("trust-safeguarding-lead", "Morwenna", "Ellingwood"),
    post("ceo", "Nathaniel", "Farrowby"),
    post("trustee-safeguarding-lead", "Ottilie", "Goldacre"),
    post("trustee", "Piers", "Holmwick"),
    post("hr", "Rosalind", "Ivesham"),
    post("shared-services", "Silas", "Kettlewood"),
    post("trust-admin", "Thea", "Larkins"),
    post("chair-of-trustees", "Umberto", "Merriwick"),
    post("committee-member", "Viola", "Northolme"),
];
