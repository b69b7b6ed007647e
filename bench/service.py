"""The service under measurement, and who may speak to it."""
import atexit, base64, json, os, pathlib, re, signal, subprocess, sys, time, urllib.error, urllib.request

from cluster import TICK, free_port


class Service:
    """`tutela serve` on a free port."""

    def __init__(self, binary, env):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--rate-per-second", "0"],
            env={**os.environ, **env, "RUST_LOG": "warn"})
        while True:
            try:
                urllib.request.urlopen(self.base + "/health/ready", timeout=1)
                break
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None or time.monotonic() - begun > 60:
                    sys.exit("the service did not come up")
                time.sleep(0.002)
        self.ready_ms = (time.monotonic() - begun) * 1000
        atexit.register(self.process.kill)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / TICK

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def ask(self, path, token, body=None, headers=None):
        request = urllib.request.Request(
            self.base + path, data=body.encode() if body else None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error} {error.read()[:1000]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)


def issuer(folder, binary):
    """An issuers file that listens to the development key."""
    key = folder / "development-key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    der = base64.b64decode("".join(l for l in key.read_text().splitlines() if "-" not in l[:1]))
    public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"],
                            check=True, capture_output=True).stdout[-32:]
    assert len(der) >= 48
    x = base64.urlsafe_b64encode(public).decode().rstrip("=")
    (folder / "jwks.json").write_text(json.dumps(
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "development", "alg": "EdDSA", "use": "sig", "x": x}]}))
    (folder / "issuers.toml").write_text(
        '[[issuer]]\niss = "https://tutela.invalid/development"\ntrusts = ["bench"]\n'
        'roles = ["staff", "dsl", "trust-safeguarding-lead", "mis-admin"]\naudience = ["https://tutela.invalid"]\n'
        f'algorithms = ["EdDSA"]\njwks_file = "{folder / "jwks.json"}"\n')
    return key
