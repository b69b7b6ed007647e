//! Stands before every operation under `/v1`: who is calling, how often, and whether any of their roles allows the
//! operation at all. Only then are path and body read.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};

use super::actions::Action;
use super::authenticate::{Authenticator, Known};
use super::context::{Context, Inner, Services};
use super::scope::Scope;
use super::viewer::Viewer;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::middleware::limits::{Allowance, Limits};
use crate::http::middleware::request_id;
use crate::http::page::Caller;
use crate::http::params;
use crate::http::route_table::{Found, Operation, RouteTable, method_not_allowed};

/// What the guard needs; one a process.
pub struct Gate {
    /// The database, keys, clock.
    pub services: Services,
    /// Recognises callers.
    pub authenticator: Authenticator,
    /// Counts them.
    pub limits: Limits,
    /// Paths, methods and rights, as the document declares them.
    pub routes: web::Data<RouteTable>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<ipnet::IpNet>,
}

/// Wraps everything under `/v1`.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(gate) = request.app_data::<web::Data<Gate>>().cloned() else {
        return Ok(request.into_response(ApiError::internal("no gate").error_response()));
    };
    match admit(&gate, &request).await {
        Ok((inner, caller, allowance)) => {
            request.extensions_mut().insert(caller);
            Context::attach(inner, request.request());
            let mut answer = next.call(request).await?.map_into_boxed_body();
            if let Some(allowance) = allowance {
                allowance.write(answer.headers_mut());
            }
            Ok(answer)
        }
        Err(refusal) => Ok(request.into_response(refusal.answer())),
    }
}

/// Why a request goes no further, and what its caller has left.
struct Refusal {
    error: ApiError,
    allow: Option<String>,
    allowance: Option<Allowance>,
}

impl Refusal {
    /// The refusal as an answer; a wrong method says which are right.
    fn answer(&self) -> HttpResponse {
        let mut answer =
            self.allow.as_deref().map_or_else(|| self.error.error_response(), method_not_allowed);
        if let Some(allowance) = &self.allowance {
            allowance.write(answer.headers_mut());
        }
        answer
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error, allow: None, allowance: None }
    }
}

async fn admit(gate: &Gate, request: &ServiceRequest) -> Result<(Inner, Caller, Option<Allowance>), Refusal> {
    let operation = match gate.routes.find(request.method(), request.path()) {
        Found::Operation(operation) => operation,
        Found::OtherMethods(allow) => {
            let error = ApiError::of(Code::MethodNotAllowed);
            return Err(Refusal { allow: Some(allow), ..error.into() });
        }
        Found::Nothing => return Err(ApiError::not_found().into()),
    };
    let now = gate.services.clock.now();
    let Known { viewer, caller } = recognise(gate, request, now).await?;
    let allowance = gate
        .limits
        .count(&viewer.principal)
        .map_err(|(error, allowance)| Refusal { allowance: Some(allowance), ..error.into() })?;
    let declared = permit(&viewer, &operation, now)
        .and_then(|action| refuse_query(&operation, request.query_string()).map(|()| action))
        .map_err(|error| Refusal { allowance, ..error.into() })?;
    let inner =
        Inner { viewer, services: gate.services.clone(), now, request_id: request_id::current(), declared };
    Ok((inner, caller, allowance))
}

/// The caller. An address that has sent too many wrong tokens is not listened to, unless it sends one that is known; a
/// request without a token is no attempt.
async fn recognise(gate: &Gate, request: &ServiceRequest, now: Timestamp) -> ApiResult<Known> {
    let address = peer(request, &gate.proxies);
    let headers = request.headers();
    if gate.authenticator.is_new(headers) {
        gate.limits.may_try(address)?;
    }
    let known = gate.authenticator.authenticate(&gate.services, headers, address, now).await;
    if known.as_ref().is_err_and(|error| error.code == Code::Unauthenticated && error.detail.is_some()) {
        gate.limits.failed(address);
    }
    known
}

/// Permits by function alone: a role that has the action at all, and the whole trust where the operation needs it.
fn permit(viewer: &Arc<Viewer>, operation: &Operation, now: Timestamp) -> ApiResult<Action> {
    let action = operation.action.as_deref().and_then(Action::parse);
    let action = action.ok_or_else(|| ApiError::internal("an operation declares no action"))?;
    let scope = Scope::permit(viewer, action, now)?;
    if operation.whole_trust { scope.require_trust().map(|()| action) } else { Ok(action) }
}

/// An operation without query parameters takes none: what is passed over would look as if it had been heeded.
fn refuse_query(operation: &Operation, query: &str) -> ApiResult<()> {
    if operation.takes_query { Ok(()) } else { params::refuse_any(query) }
}

/// The caller's address: the connection's, or behind a configured proxy the one that the proxy saw.
fn peer(request: &ServiceRequest, proxies: &[ipnet::IpNet]) -> IpAddr {
    let direct = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let values: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    seen_by_proxies(direct, &values, proxies)
}

/// Goes back from hop to hop as long as each is a proxy that is believed. A hop that is no address ends the search:
/// what stands left of it was said by nobody who is believed.
fn seen_by_proxies(direct: IpAddr, forwarded: &[&str], proxies: &[ipnet::IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
    if !trusted(&direct) {
        return direct;
    }
    let hops: Vec<&str> = forwarded.iter().flat_map(|value| value.split(',')).collect();
    hops.iter().rev().map_while(|text| hop(text)).find(|hop| !trusted(hop)).unwrap_or(direct)
}

/// A hop's address; some proxies add the port.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(direct: &str, forwarded: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        seen_by_proxies(direct.parse().unwrap(), forwarded, &proxies).to_string()
    }

    #[test]
    fn only_what_a_believed_proxy_saw_counts() {
        for (direct, forwarded, address) in [
            ("192.0.2.1", &["198.51.100.7"] as &[&str], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, "], "10.0.0.1"),
        ] {
            assert_eq!(seen(direct, forwarded), address, "{direct} {forwarded:?}");
        }
    }
}
