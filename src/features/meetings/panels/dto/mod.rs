//! What goes over the wire about panels.

mod agreements;
mod panels;
mod records;
mod weeks;

pub use agreements::{AgendaFilter, AgendaItemView, AgreementCreate, AgreementFilter, AgreementView};
pub use panels::{
    ExpectedAttendance, ExpectedView, PanelCreate, PanelFilter, PanelHolding, PanelPatch, PanelView,
};
pub use records::{
    AttendanceCreate, AttendanceView, Guest, PanelDecisionCreate, PanelDecisionKind, PanelDecisionView,
    PanelMinutesCreate, PanelMinutesView, RecordFilter,
};
pub use weeks::{MissedWeekView, WeeksFilter};
