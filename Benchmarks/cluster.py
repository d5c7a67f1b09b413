"""A `slipway cluster up` of its own, for the benchmarks that drive one."""
import http.client, json, random, re, signal, socket, subprocess, sys


class Cluster:
    """Runs in a directory of the caller's, which keeps what a killed one has left."""

    def __init__(self, binary, directory, *arguments):
        number = random.randrange(4096)
        self.data = directory + "/data"
        self.directory = directory
        self.command = [
            binary, "cluster", "up", "--data", self.data, "--listen", "127.0.0.1:0", "--bridge", f"swb{number}",
            "--pod-subnet", f"10.{128 + number // 256}.{number % 256}.0/24", *arguments]

    def start(self):
        """Returns once pods are taken; False where the cluster does not start."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, cwd=self.directory)
        if not self.process.stdout.readline():
            return False
        with open(self.data + "/kubeconfig") as file:
            text = file.read()
        # The address may carry a user and a password.
        self.host = re.search(r"https?://(?:[^@\s]*@)?([^\s\"]+)", text)[1]
        self.headers = {"Authorization": "Bearer " + re.search(r'token: "?([^\s"]+)', text)[1]}
        return True

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def send(self, method, path, body=None, kind="application/json"):
        """The answer to a request, on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.request(
            method, path, json.dumps(body) if body is not None else None, self.headers | {"Content-Type": kind})
        return connection.getresponse()

    def call(self, method, path, body=None, kind="application/json"):
        """The object that answers a request; what is refused ends the program."""
        answer = self.send(method, path, body, kind)
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text[:300].decode()}")
        return json.loads(text)
