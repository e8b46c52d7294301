"""A workbook goes with the mail, or into the lake with its address and hash in the mail's place."""

from recount.evidence.register import sha256
from recount.notify.delivery import Post
from recount.notify.mail import XLSX, Attachment


def attach(post: Post, name: str, data: bytes) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return what to attach and the lines that say where it is; decided before anything is sent."""
    if len(data) <= post.most_bytes:
        return (Attachment(name, XLSX, data),), (f"Attached: {name}",)
    digest = sha256(data)
    key = f"attachments/{digest}.xlsx"
    post.lake.put_once(key, data)
    size = f"{len(data) / 1_000_000:.1f} MB"
    where = f"Not attached, being {size}: {name} at {post.lake.uri(key)}"
    return (), (where, f"SHA-256 of it: {digest}")
