"""What the examples share: where the server is, and how to sign in."""

import argparse
import os
import sys
from pathlib import Path

# So that the examples run from a clone; `pip install clients/python` makes this line needless.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients" / "python"))


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--server", default="127.0.0.1:7400", metavar="HOST:PORT")
    parser.add_argument("--key", help="sign in by MAC with this key; its secret, in hexadecimal, is BAECHA_SECRET")
    parser.add_argument("--tls", action="store_true")
    return parser


def sign_in(options: argparse.Namespace) -> dict:
    return {"key": options.key, "secret": os.environ.get("BAECHA_SECRET"), "ssl": options.tls or None}
