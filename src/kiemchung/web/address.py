"""Absolute addresses of the site, for what is read elsewhere: feeds, embeds, structured data."""

from starlette.requests import Request


def site_address(request: Request) -> str:
    """The site's public address without a slash at its end: the operator's setting, or the one that was asked."""
    return request.app.state.commons.settings.site_url or str(request.base_url).rstrip("/")
