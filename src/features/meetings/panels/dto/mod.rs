//! What goes over the wire about panels.

mod agreements;
mod attendance;
mod decisions;
mod minutes;
mod panels;
mod weeks;

pub use agreements::{AgendaFilter, AgendaItemView, AgreementCreate, AgreementFilter, AgreementView};
pub use attendance::{AttendanceCorrection, AttendanceCreate, AttendanceView, Guest};
pub use decisions::{
    PanelDecisionCorrection, PanelDecisionCreate, PanelDecisionKind, PanelDecisionOutcome,
    PanelDecisionState, PanelDecisionView, PanelDecisionWithdrawal,
};
pub use minutes::{PanelMinutesCorrection, PanelMinutesCreate, PanelMinutesView};
pub use panels::{
    ExpectedAttendance, ExpectedView, PanelCreate, PanelFilter, PanelHolding, PanelPatch, PanelView,
};
pub use weeks::{MissedWeekView, WeeksFilter};
