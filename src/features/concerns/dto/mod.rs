//! What goes over the wire about concerns.

mod code;
mod correct;
mod entries;
mod filter;
mod raise;
mod shares;
mod view;
mod words;

pub use code::CategoryCode;
pub use correct::{AccountCorrection, AddendumCreate};
pub use entries::{
    ActionCorrection, ActionCreate, ActionOutcome, ActionView, DecisionCorrection, DecisionCreate,
    DecisionView, NoteCorrection, NoteCreate, NoteView, TriageCreate, TriageView,
};
pub use filter::{AsOf, ConcernFilter, ConcernSearch, NoFilter};
pub use raise::{CategoryGiven, ConcernCreate, PupilNamed, Told};
pub use shares::{LinkCreate, LinkView, ShareCreate, ShareRevocation, ShareView};
pub use view::{AccountView, AddendumView, ConcernSummary, ConcernView, ReporterView};
pub use words::{
    ActionKind, ConsentBasis, DecisionKind, Log, NoteKind, ParentInformed, Place, Progress, PupilRole,
    ReporterKind, Severity, ShareKind, Source, State, TimeSlot,
};
