-- Whether somebody raised anything at other schools than those they reach: a look before and after each of these.
CREATE INDEX concerns_by_reporter_school ON concerns (trust_id, raised_by, school_id);
