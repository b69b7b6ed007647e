//! HTTP with no business words: how requests are read and answers written, the same for every resource.

pub mod body;
pub mod etag;
pub(crate) mod faults;
pub mod file_head;
mod form;
pub mod idempotency;
pub mod middleware;
mod mount;
pub mod page;
pub mod params;
pub mod patch;
pub mod problem;
pub mod public_url;
pub mod route_table;
mod sentences;
pub mod strict;
pub mod upload;
pub mod value;

pub use body::Body;
pub use etag::{ETag, IfMatch};
pub use file_head::FileHead;
pub use idempotency::IdempotencyKey;
pub use mount::Mount;
pub use page::{Cursor, Page, PageQuery, Paging};
pub use params::{ListParams, Params, PathId, PathIds, PathUrn};
pub use patch::Patch;
