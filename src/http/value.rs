//! Checks a JSON value that came by another way than a body, such as a row of a file, as a body would be checked.

use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use super::body::refusal;
use super::faults::refuse;
use crate::error::ApiResult;

/// The value as its type; the faults and their pointers are those that a body gets.
pub fn check<T: DeserializeOwned + Validate>(value: Value) -> ApiResult<T> {
    let value: T = serde_path_to_error::deserialize(value).map_err(|error| refusal(&error))?;
    value.validate().map_err(|errors| refuse(&errors))?;
    Ok(value)
}
