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
