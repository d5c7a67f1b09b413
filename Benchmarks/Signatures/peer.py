"""sigstore-python, doing what the benchmark beside it does: prints rates a second.

Arguments: directory, client trust configuration, identity, issuer.
"""

import sys
import time

from sigstore.models import Bundle, ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy

directory, configuration, identity, issuer = sys.argv[1:]
trust = ClientTrustConfig.from_json(open(configuration).read())
text = open(f"{directory}/bundle.json").read()
artifact = open(f"{directory}/artifact", "rb").read()
token = IdentityToken(open(f"{directory}/token").read())


def rate(body, span=4.0):
    for _ in range(3):
        body()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < span:
        body()
        count += 1
    return count / (time.perf_counter() - start)


verifier = Verifier(trusted_root=trust.trusted_root)
wanted = policy.Identity(identity=identity, issuer=issuer)
verified = rate(lambda: verifier.verify_artifact(artifact, Bundle.from_json(text), wanted))

context = SigningContext.from_trust_config(trust)
numbers = iter(range(10**9))


def sign():
    # A signer of its own for each has a key and a certificate of its own, as beside it. (Without its cache a signer makes
    # another key each time it looks at its key.)
    with context.signer(token) as signer:
        signer.sign_artifact(b"peer %d" % next(numbers))


signed = rate(sign)
print("sigstore-python verify", verified)
print("sigstore-python sign", signed)
