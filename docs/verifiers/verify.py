"""Verifies a Cloudglass webhook: Python 3.8+, standard library only."""
import base64
import hashlib
import hmac
import json
import re
import time

TOLERANCE_SECONDS = 300


def verify_webhook(secret, headers, body, now=None):
    """The parsed body; raises ValueError when anything about it is not right.

    headers: pairs of (name, value), as they came. body: the raw bytes, before any parsing.
    """
    message_id = _only(headers, "webhook-id")
    timestamp = _only(headers, "webhook-timestamp")
    signatures = _only(headers, "webhook-signature")
    if not re.fullmatch(r"[0-9]{1,15}", timestamp):
        raise ValueError("webhook-timestamp is no number")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        raise ValueError("webhook-timestamp is too old or too new")
    key = base64.b64decode(secret[len("whsec_"):] if secret.startswith("whsec_") else secret)
    signed = message_id.encode() + b"." + timestamp.encode() + b"." + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # Several while a secret is being rotated.
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" ")):
        raise ValueError("No signature matches")
    return json.loads(body)


def _only(headers, name):
    values = [value for key, value in headers if key.lower() == name]
    if len(values) != 1 or values[0] == "":
        raise ValueError(name + " must be there once")
    return values[0]
