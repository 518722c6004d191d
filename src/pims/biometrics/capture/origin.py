"""Where the bridge listens: one port of the PC itself, known to the page."""

HOST, PORT = "127.0.0.1", 8377
CAPTURE_ORIGIN = f"http://{HOST}:{PORT}"
TOKEN_HEADER = "X-Pims-Capture"
