"""Against a real server: BAECHA_BIN names the program, such as .build/release/baecha."""

import hashlib
import os
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import baecha
from tests import test_client

SEOUL = (37.5665, 126.9780)
PROGRAM = os.environ.get("BAECHA_BIN", "")
SECRET, TOKEN = "00112233445566778899aabbccddeeff", "9f8e7d6c"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server of its own, with or without keys and TLS."""

    def __init__(self, secure: bool):
        self.port, self.tls_port = free_port(), free_port()
        self.folder = tempfile.TemporaryDirectory()
        arguments = [PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--http", "off"]
        if secure:
            folder = Path(self.folder.name)
            subprocess.run([PROGRAM, "dev-cert", "--out", folder], check=True, capture_output=True)
            keys = folder / "keys.txt"
            keys.touch(mode=0o600)
            hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
            keys.write_text(f"gw7 blue gateway,booker mac:{SECRET}\ndesk blue dispatcher sha256:{hashed}\n")
            arguments += ["--keys", keys, "--tls-listen", f"127.0.0.1:{self.tls_port}",
                          "--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem"]
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self.process.stderr.read().decode()}")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)
        self.folder.cleanup()


@unittest.skipUnless(PROGRAM, "BAECHA_BIN names no server to start")
class ServerTests(unittest.TestCase):
    def test_a_trip_over_tls_signed_in_by_mac_and_by_token(self):
        with Server(secure=True) as server:
            trust = ssl.create_default_context(cafile=Path(server.folder.name) / "cert.pem")
            client = baecha.Client("127.0.0.1", server.tls_port, ssl=trust, key="gw7", secret=SECRET)
            desk = baecha.Client("127.0.0.1", server.tls_port, ssl=trust, token=TOKEN)
            with client, desk:
                self.assertEqual(client.who().fields["tenant"], "blue")
                client.taxi_on("t1", SEOUL)
                client.request("r1", SEOUL, (37.5512, 126.9882), note="2nd gate, 배차")
                offer = client.next_push(timeout=5)
                while not isinstance(offer, baecha.Offer):
                    offer = client.next_push(timeout=5)
                answer = client.accept(offer.offer)
                self.assertEqual((answer.state, answer.fields["note"]), ("assigned", "2nd gate, 배차"))
                self.assertEqual(desk.get_taxi("t1").state, "enroute")
                with self.assertRaises(baecha.BaechaError) as caught:
                    desk.request("r2", SEOUL)
                self.assertEqual(caught.exception.code, 403)
                self.assertEqual(client.arrive("r1", "t1").state, "arrived")
                self.assertEqual(client.board("r1", "t1").state, "onboard")
                self.assertEqual(client.drop("r1", "t1").state, "done")

    def test_a_wrong_secret_is_refused(self):
        with Server(secure=True) as server:
            with self.assertRaises(baecha.BaechaError) as caught:
                with baecha.Client("127.0.0.1", server.port, key="gw7", secret="00"):
                    pass
            self.assertEqual(caught.exception.code, 401)


@unittest.skipUnless(PROGRAM, "BAECHA_BIN names no server to start")
class ServerCutTests(test_client.CutTests):
    async def test_thousand_cuts_at_random_bytes(self):
        with Server(secure=False) as server:
            count, seen, connections = await self.play(server.port)
            self.assertGreater(connections, self.cuts // 2)
            self.assertEqual(len(seen), count)
            for kinds in seen.values():
                # A taxi may be asked in between; none is there.
                self.assertEqual(kinds, ["req.queued", "req.cancelled"])
            async with baecha.AsyncClient("127.0.0.1", server.port) as client:
                self.assertEqual((await client.get_request(sorted(seen)[0])).state, "cancelled")
                self.assertEqual(client.banner.at.sequence, 2 * count, "not a fact too many")
            print(f"\n{connections} connections, {count} requests, each once")


del test_client

if __name__ == "__main__":
    unittest.main()
