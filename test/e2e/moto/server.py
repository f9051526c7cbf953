"""moto's server as a process that ends with whoever started it. The first line it prints is its port."""

import logging
import os
import sys

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
# A certificate that waits for its validation goes on waiting, so that two scans see the same.
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "86400")

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# Whoever started it holds the other end: this returns when they are gone.
sys.stdin.read()
server.stop()
