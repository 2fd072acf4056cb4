"""What a page's form sends: url-encoded fields, read strictly."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from kiemchung.errors import InputError

#: Fields of the longest form: a note with eight sources and every reason ticked.
_MAX_FIELDS = 80
#: Control characters, which no field needs, for `str.translate`; line ends and tabs stay.
_NO_CONTROL = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


class Form:
    """The fields of a posted form. Line ends are \\n; control characters, which no field needs, are left out."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(_plain(value))

    def one(self, name: str) -> str:
        """The first value of a name; empty where it is missing."""
        return self._values.get(name, [""])[0]

    def many(self, name: str) -> list[str]:
        """Every value of a name, in order."""
        return self._values.get(name, [])


async def read_form(request: Request) -> Form:
    """The fields of a posted form.

    Raises:
        InputError: as `read_fields`.
    """
    return Form(await _pairs(request, _MAX_FIELDS))


async def read_fields(request: Request, most: int = 8) -> dict[str, str]:
    """The fields of a posted form as they are, the first of each name.

    Raises:
        InputError: another content type, too many fields, or bytes that are not UTF-8.
    """
    fields: dict[str, str] = {}
    for name, value in await _pairs(request, most):
        fields.setdefault(name, value.replace("\r\n", "\n"))
    return fields


async def _pairs(request: Request, most: int) -> list[tuple[str, str]]:
    """Only url-encoded forms are read: a parser of multipart bodies spools large parts to disk (G6)."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InputError("send the form as application/x-www-form-urlencoded", reason="not_text")
    try:
        body = (await request.body()).decode()  # a program may leave the percent-encoding out
        return parse_qsl(body, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=most)
    except UnicodeDecodeError as error:
        raise InputError("the form is not UTF-8", reason="bad_encoding") from error
    except ValueError as error:
        raise InputError(f"the form has more than {most} fields", reason="not_text") from error


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_CONTROL)
