"""Every kind of message that an agency may send: `kinds.toml` says who may, the modules what."""

from pims.exchange.inbound.kinds.reading import Read, Unfit, read_content, read_envelope
from pims.exchange.inbound.kinds.registry import Kind, message_kinds

__all__ = ["Kind", "Read", "Unfit", "message_kinds", "read_content", "read_envelope"]
