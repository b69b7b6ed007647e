//! Operations on imports.

use actix_web::http::header;
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::dto::{
    CsvFile, ImportApplication, ImportCancellation, ImportFilter, ImportMapView, ImportMaps, ImportQuery,
    ImportRowView, ImportView, RowFilter,
};
use super::map::Map;
use super::{rejected, service, targets, upload};
use crate::access::{Action, Context, Seen};
use crate::error::{ApiError, ApiResult};
use crate::http::upload::Upload;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId};

/// List the kinds of file
///
/// The kinds of file that you may bring in, with the columns of each. Passwords and other columns that must not be
/// brought in are refused by name, whatever the kind.
#[utoipa::path(
    tag = "Imports",
    operation_id = "listImportMaps",
    responses((status = 200, description = "The kinds of file.", body = ImportMaps)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[get("/import-maps")]
pub async fn list_maps(cx: Context) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let mine = targets::all().into_iter().filter(|target| scope.under(target.action()).is_ok());
    let items = mine.filter_map(|target| Map::named(target.name())).map(ImportMapView::from).collect();
    let maps = ImportMaps { items };
    Ok(cx.found(&ETag::of_view(&maps), &maps))
}

/// Bring in a file
///
/// Takes a CSV file of at most 256 MiB and 250,000 rows, whose first line names the columns, and has it rehearsed: follow
/// `Location` until `state` is `rehearsed`, look at the plan's rows, and apply the plan. Nothing is changed before. Beside
/// the right to imports, the right to make such records by hand is needed (403). A file whose first line lacks a column,
/// has one twice, or has one that must not be brought in is 409 `rule_broken` with `missing_column`, `repeated_column` or
/// `forbidden_column`. What you upload is kept sealed, and destroyed a week after the plan was made or applied.
#[utoipa::path(
    tag = "Imports",
    operation_id = "createImport",
    params(ImportQuery),
    request_body(content = CsvFile, content_type = "text/csv"),
    responses((status = 202, description = "The file has arrived, and is being rehearsed.", body = ImportView)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[post("/imports")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    query: Params<ImportQuery>,
    file: Upload<{ upload::LARGEST }>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let view = upload::receive(&cx, &scope, &key, &query.0, file).await?;
    Ok(cx.accepted(&format!("/v1/imports/{}", view.id), &view.tag(), &view))
}

/// List imports
///
/// The imports that you have made, and those at schools where your rights to imports and to such records reach; the newest
/// first.
#[utoipa::path(
    tag = "Imports",
    operation_id = "listImports",
    params(PageQuery, ImportFilter),
    responses((status = 200, description = "A page of imports.", body = Page<ImportView>)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[get("/imports")]
pub async fn list(cx: Context, query: ListParams<ImportFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "import", None, move |conn| {
            let value = service::list(conn, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), value, school: None })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an import
///
/// How far an import has come.
#[utoipa::path(
    tag = "Imports",
    operation_id = "getImport",
    params(("id" = crate::ids::Id, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = ImportView)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[get("/imports/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let work = scope.clone();
    let view = cx
        .see(&scope, "import", Some(id.0), move |conn| {
            let value = service::get(conn, &work, id.0)?;
            Ok(Seen { records: Vec::new(), school: value.school_id, value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// List an import's rows
///
/// What would become of every row, and after the application what has: with the differences from what is there, or the
/// faults, each named by column and field. A row that meets a record that you may not know of is answered as by hand.
#[utoipa::path(
    tag = "Imports",
    operation_id = "listImportRows",
    params(("id" = crate::ids::Id, Path, description = "The import."), PageQuery, RowFilter),
    responses((status = 200, description = "A page of rows.", body = Page<ImportRowView>)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[get("/imports/{id}/rows")]
pub async fn rows(cx: Context, id: PathId, query: ListParams<RowFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "import", Some(id.0), move |conn| {
            let value = service::rows(conn, &work, &vault, id.0, query.filter, &query.paging)?;
            let records = value.items.iter().filter_map(|view| view.record_id).collect();
            Ok(Seen { value, records, school: None })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Which rejected rows to take.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RejectedQuery {
    /// Begin after the row of this number: an answer has at most 10,000 rows, and its `Link` says where to go on.
    #[param(minimum = 0, required = false, example = 0)]
    pub after: Option<i64>,
}

/// Download the rejected rows
///
/// The rows that were left out, or would be, as a CSV file with the columns of yours, the line and the reason: mend it and
/// bring it in again. Values that a spreadsheet would take for a formula have an apostrophe in front, which an import takes
/// away again.
#[utoipa::path(
    tag = "Imports",
    operation_id = "downloadRejectedRows",
    params(("id" = crate::ids::Id, Path, description = "The import."), RejectedQuery),
    responses((status = 200, description = "The rows.", body = CsvFile, content_type = "text/csv")),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[get("/imports/{id}/rejected-rows")]
pub async fn rejected_rows(cx: Context, id: PathId, query: Params<RejectedQuery>) -> ApiResult<HttpResponse> {
    let after = query.0.after.unwrap_or_default();
    if after < 0 {
        return Err(ApiError::invalid("?after", "range", "must not be negative"));
    }
    let scope = cx.permit(Action::ImportRun)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let file = cx
        .see(&scope, "import", Some(id.0), move |conn| {
            let value = rejected::file(conn, &work, &vault, id.0, after)?;
            Ok(Seen { records: Vec::new(), school: value.school, value })
        })
        .await?;
    let tag = ETag::version_and_view(file.version, &file.text);
    let mut answer = tag.answer_text(cx.request(), "text/csv; charset=utf-8", file.text);
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_DISPOSITION,
        header::HeaderValue::from_static("attachment; filename=\"rejected.csv\""),
    );
    let next = file.last.map(|last| format!("<{}?after={last}>; rel=\"next\"", cx.request().path()));
    if let Some(link) = next.and_then(|next| header::HeaderValue::from_str(&next).ok()) {
        headers.insert(header::LINK, link);
    }
    Ok(answer)
}

/// Apply an import's plan
///
/// Has exactly the plan of this hash applied, in your name: every row is stored once, through the same rules and with the
/// same audit entries and events as by hand. 409 `plan_stale` where the hash is another plan's, or where the records have
/// changed since, so that a row would not become what was planned. A record that changes after that, while the plan is
/// being applied, is left alone, and its row reported as `stale`.
#[utoipa::path(
    tag = "Imports",
    operation_id = "applyImport",
    params(("id" = crate::ids::Id, Path, description = "The import.")),
    request_body = ImportApplication,
    responses((status = 202, description = "The plan is being applied.", body = ImportView)),
    extensions(("x-access" = json!({"action": "import.run"})))
)]
#[post("/imports/{id}/application")]
pub async fn apply(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ImportApplication>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let (request, asked) = (key.with(&body), body.into_inner());
    let (work, vault, wanted) = (scope.clone(), cx.vault(), asked.clone());
    cx.consult(&scope, move |conn| service::check_plan(conn, &work, &vault, id.0, &wanted)).await?;
    let work = scope.clone();
    let view = cx.write(&scope, Some(request), move |tx| service::apply(tx, &work, id.0, &asked)).await?;
    Ok(cx.accepted(&format!("/v1/imports/{}", view.id), &view.tag(), &view))
}

/// Call an import off
///
/// Destroys what was uploaded and planned, and stops an application after the block that it is at. What has been stored
/// stays. 409 `state_conflict` where it has come to its end already.
#[utoipa::path(
    tag = "Imports",
    operation_id = "cancelImport",
    params(("id" = crate::ids::Id, Path, description = "The import.")),
    request_body = ImportCancellation,
    responses((status = 200, description = "The import, called off.", body = ImportView)),
    extensions(("x-access" = json!({"action": "import.run", "if_match": true})))
)]
#[post("/imports/{id}/cancellation")]
pub async fn cancel(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ImportCancellation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ImportRun)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::cancel(tx, &work, id.0, &if_match, &body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
