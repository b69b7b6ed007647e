//! What goes over the wire about concerns.

mod code;
mod filter;
mod raise;
mod view;
mod words;

pub use code::CategoryCode;
pub use filter::{AsOf, ConcernFilter, ConcernSearch};
pub use raise::{CategoryGiven, ConcernCreate, PupilNamed, Told};
pub use view::{AccountView, AddendumView, ConcernSummary, ConcernView, ReporterView};
pub use words::{Log, Place, Progress, PupilRole, ReporterKind, Severity, Source, State, TimeSlot};
