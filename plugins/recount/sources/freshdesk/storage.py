"""Where the files of the export lie: another server, which gets none of our credentials.

The link to a file holds a signature that opens it to anybody for a while. So it is neither stored
nor repeated in a sentence, and it must lead to the host that we expect: what the account's API says
does not decide whom we talk to. A redirect is not followed here either.
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx

from recount.errors import SourceError
from recount.sources.api import Answer, Api, Limits, is_loopback
from recount.sources.pace import Pace
from recount.sources.signing import Secret
from recount.sources.words import shown

# each file is asked for after a question to the API, which is slower
_PER_SECOND = 100


@dataclass
class Storage:
    """The host under which the files lie, or which ends the hosts that they lie under."""

    name: str
    host: str
    limits: Limits
    _stores: dict[str, Api] = field(default_factory=dict, init=False)

    def get(self, link: str) -> Answer:
        """Fetch the file that a link leads to; SourceError if it leads elsewhere."""
        url = self._trusted(link)
        query = dict(parse_qsl(url.query.decode(), keep_blank_values=True))
        return self._store(f"{url.scheme}://{url.netloc.decode()}").get_file(url.path, query)

    def _store(self, place: str) -> Api:
        if place not in self._stores:
            pace = Pace(_PER_SECOND, 1)
            self._stores[place] = Api(self.name, place, Secret({}), pace, self.limits)
        return self._stores[place]

    def _trusted(self, link: str) -> httpx.URL:
        try:
            url = httpx.URL(link)
        except httpx.InvalidURL:
            raise SourceError(f"{self.name}: the link to a file is none; report it") from None
        is_ours = url.host == self.host or url.host.endswith(f".{self.host}")
        is_private = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))
        if not (is_ours and is_private) or url.userinfo:
            raise SourceError(
                f"{self.name}: the export leads to {shown(url.host)} over {shown(url.scheme)}, and "
                f"not to {self.host} over https; if that is where Freshdesk keeps your files, "
                "write export_host into the connection's extra"
            )
        return url
