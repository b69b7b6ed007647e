"""Hooks of the contract run.

An Idempotency-Key belongs to one request: a key that is sent again with another body is rightly refused (422), and one
that is sent again with the same body is rightly answered from memory. The run makes keys by schema, so it repeats them;
here a well-formed key is made new as the request leaves. It is done on the prepared request, since a changed case would
be judged as if it were another one.
"""

import json
import uuid

import schemathesis

HEADER = "Idempotency-Key"


class NewKey:
    """Wraps the caller's authentication and then puts a new key in."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, request):
        if HEADER in request.headers:
            request.headers[HEADER] = f'"{uuid.uuid4()}"'
        return self.inner(request) if callable(self.inner) else request


def headers_are_meant_well(case):
    """Whether the headers were made to be accepted: a key that is wrong on purpose stays."""
    for kind, part in case.meta.components.items() if case.meta else ():
        if getattr(kind, "value", kind) == "header":
            return part.mode.is_positive
    return True


@schemathesis.hook
def before_call(context, case, kwargs):
    named = {name.lower() for name in case.headers or {}}
    if HEADER.lower() in named and headers_are_meant_well(case):
        kwargs["auth"] = NewKey(kwargs.get("auth"))


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def lines(context, value):
    """A JSON value a line; there is no serializer for it otherwise."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    items = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


# Rules that no schema can say, since they look at what is stored: a request that breaks only these is well formed, and
# 422 is the right answer. By the problem's `errors[].code` and, for cursors, which only the service can make, by pointer.
BEYOND_A_SCHEMA = {"unknown_reference"}
MADE_BY_THE_SERVICE = {"?cursor", "/cursor"}


def is_beyond_a_schema(response):
    try:
        errors = json.loads(response.content)["errors"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(errors) and all(
        error["code"] in BEYOND_A_SCHEMA or error["pointer"] in MADE_BY_THE_SERVICE for error in errors
    )


@schemathesis.check
def well_formed_requests_are_taken(context, response, case):
    """In place of `positive_data_acceptance`, which knows statuses only and is left out in `.ci/run`."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    status = response.status_code
    if status < 400 or status in (401, 403, 404, 409, 412, 429):
        return
    if status == 422 and is_beyond_a_schema(response):
        return
    if status == 422 and not response.request.body and "/attachments" in response.request.url:
        return  # an empty file: the bytes of `format: binary` are generated without regard to minLength
    if status == 400 and b"Content-Disposition" in response.content:
        return  # a name whose bytes are not UTF-8 once decoded, which no pattern can say
    raise AssertionError(f"a request that keeps to the document was answered {status}")
