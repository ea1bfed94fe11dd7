"""Opens many connections to ADDRESS PORT, proves itself on each with TOKEN, and says nothing more."""

import resource
import socket
import sys
import time


def main() -> None:
    host, port, many, token = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    wanted = many + 100
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    links = []
    for _ in range(many):
        link = socket.create_connection((host, port))
        link.sendall(f"HELLO blp/1\nAUTH token {token}\n".encode())
        links.append(link)
    for link in links:
        told = b""
        while b"session=" not in told:
            data = link.recv(4096)
            if not data:
                sys.exit(f"refused: {told!r}")
            told += data
    print("ready", flush=True)
    time.sleep(600)


main()
