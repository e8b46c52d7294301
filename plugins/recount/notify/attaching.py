"""Files go with the mail, or into the lake with their address and hash in the mail's place."""

from collections.abc import Mapping
from pathlib import PurePath

from recount.evidence.register import sha256
from recount.notify.delivery import Post
from recount.notify.mail import MIME_TYPES, Attachment


def attach(
    post: Post, files: Mapping[str, bytes]
) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return what to attach and the lines that say where it is; decided before anything is sent.

    Files are taken in their order, as long as all together are small enough for a mail.
    """
    attachments, references, room = [], [], post.most_bytes
    for name, data in files.items():
        if len(data) <= room:
            room -= len(data)
            attachments.append(Attachment(name, MIME_TYPES[PurePath(name).suffix], data))
        else:
            references += _put_aside(post, name, data)
    if attachments:
        references.insert(0, f"Attached: {', '.join(each.name for each in attachments)}")
    return tuple(attachments), tuple(references)


def _put_aside(post: Post, name: str, data: bytes) -> list[str]:
    digest = sha256(data)
    key = f"attachments/{digest}{PurePath(name).suffix}"
    post.lake.put_once(key, data)
    size = f"{len(data) / 1_000_000:.1f} MB"
    where = f"Not attached, being {size}: {name} at {post.lake.uri(key)}"
    return [where, f"SHA-256 of it: {digest}"]
