"""What a page's form sends: url-encoded fields, read strictly."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from kiemchung.errors import InputError

_MAX_FIELDS = 8


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first of each name.

    Only `application/x-www-form-urlencoded` is read: multipart bodies are for files, which come with a later issue, and
    their parser would spool large parts to disk (G6).

    Raises:
        InputError: another content type, too many fields, or bytes that are not UTF-8.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InputError("send the form as application/x-www-form-urlencoded", reason="not_text")
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise InputError("the form is not UTF-8", reason="bad_encoding") from error
    except ValueError as error:
        raise InputError(f"the form has more than {_MAX_FIELDS} fields", reason="not_text") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value.replace("\r\n", "\n"))
    return fields
