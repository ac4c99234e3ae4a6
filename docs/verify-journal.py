#!/usr/bin/env python3
"""Checks an exported journal of a Kazasu kiosk. Needs Python 3.8 or newer and the program openssl (1.1.1 or newer), and nothing of Kazasu.

    python3 verify-journal.py JOURNAL.jsonl [PUBLIC_KEY]

JOURNAL.jsonl is what `npm run journal -- export LEDGER` wrote: one JSON object a line, first the seals {"seal": {...}}, then the entries.
PUBLIC_KEY is the device's Ed25519 key, 32 bytes in base64url (43 characters), as the town knows it. Without it the key that the file names
is used, which shows that the file is whole, but not who wrote it.

What is checked, and why it is enough:
  - Entries follow one another without a gap. Each hash is SHA-256 over the previous hash (32 bytes) and the entry's text (UTF-8), so no entry
    can be changed, left out, put elsewhere or added without changing all hashes after it.
  - A seal is the device's Ed25519 signature over the hash of an entry, so nobody without the device's key can make those hashes anew.
  - A movement of value takes from one account what it gives to another, and both count the same thing: yen, or value of one scheme.

Exit code 0: everything verifies. 1: something does not, named on standard error. 64: wrong use. 66: the file cannot be read.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile

GENESIS = "0" * 64
# The bytes before an Ed25519 public key in a SubjectPublicKeyInfo (RFC 8410).
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature_holds(public_key, message, signature):
    """Asks openssl, so that no cryptography is written here."""
    try:
        key_der = SPKI_PREFIX + base64url(public_key)
        signature_bytes = base64url(signature)
    except (ValueError, TypeError):
        return False
    with tempfile.TemporaryDirectory() as directory:
        names = {}
        for name, content in (("key.der", key_der), ("message", message), ("signature", signature_bytes)):
            names[name] = os.path.join(directory, name)
            with open(names[name], "wb") as file:
                file.write(content)
        answer = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names["key.der"],
             "-rawin", "-in", names["message"], "-sigfile", names["signature"]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return answer.returncode == 0


def measure(account, scheme_of_pocket):
    """What an account counts: "yen", or the id of a scheme; None for a pocket of which this journal does not tell the scheme."""
    parts = account.split("/")
    if parts[0] in ("cash", "claim", "sold"):
        return ("yen",)
    if parts[0] == "pocket":
        return scheme_of_pocket.get(account)
    if parts[0] in ("issued", "spent", "given", "exchanged", "expired"):
        return ("scheme", parts[1])
    raise ValueError("no such account: " + account)


class Verifier:
    def __init__(self, public_key):
        self.public_key = public_key
        self.faults = []
        self.seals = []
        self.entries = []
        self.device = None
        self.scheme_of_pocket = {}
        self.operations = {}

    def fault(self, seq, what):
        self.faults.append("entry %d: %s" % (seq, what))

    def read(self, lines):
        for number, line in enumerate(lines, 1):
            if line.strip() == "":
                continue
            try:
                content = json.loads(line)
                if "seal" in content:
                    seal = content["seal"]
                    self.seals.append((int(seal["seq"]), str(seal["hash"]), str(seal["publicKey"]), str(seal["signature"])))
                else:
                    self.entries.append((int(content["seq"]), str(content["prevHash"]), str(content["hash"]), str(content["body"])))
            except (ValueError, KeyError, TypeError):
                self.faults.append("line %d: neither an entry nor a seal" % number)

    def check_entries(self):
        """Sequence and chain, in the order of the file."""
        expected = None
        previous_hash = None
        for seq, prev, hash_, body in self.entries:
            if expected is None:
                previous_hash = GENESIS if seq == 1 else prev
            elif seq != expected:
                self.fault(seq, "entry %d was expected here" % expected)
                previous_hash = None
            if previous_hash is not None and prev != previous_hash:
                self.fault(seq, "does not continue the entry before it")
            try:
                made = hashlib.sha256(bytes.fromhex(prev) + body.encode("utf-8")).hexdigest()
            except ValueError:
                made = None
            if made != hash_:
                self.fault(seq, "its hash is not that of its text")
            expected = seq + 1
            previous_hash = hash_
            self.check_body(seq, body)

    def check_body(self, seq, text):
        try:
            body = json.loads(text)
            fact = body["fact"]
            if body["seq"] != seq:
                self.fault(seq, "says of itself that it is entry %s" % body["seq"])
            if self.device is None:
                self.device = body["device"]
            if body["device"] != self.device:
                self.fault(seq, "is one of %s, not of %s" % (body["device"], self.device))
            if fact["type"] in ("value-moved", "cash-moved"):
                self.check_movement(seq, fact["movement"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.fault(seq, "cannot be understood: %s" % error)

    def check_movement(self, seq, movement):
        operation = movement["operationId"]
        if operation in self.operations:
            self.fault(seq, "moves the value of entry %d once more" % self.operations[operation])
        self.operations.setdefault(operation, seq)
        for lot in movement["lots"]:
            self.scheme_of_pocket["pocket/%s/%s" % (lot["accountId"], lot["id"])] = ("scheme", lot["schemeId"])
        for posting in movement["postings"]:
            debit, credit, amount = posting["debit"], posting["credit"], posting["amount"]
            left, right = measure(debit, self.scheme_of_pocket), measure(credit, self.scheme_of_pocket)
            if debit == credit or (left is not None and right is not None and left != right):
                self.fault(seq, "does not balance: from %s to %s" % (debit, credit))
            if type(amount) is not int or amount < 1:
                self.fault(seq, "moves %r" % (amount,))

    def check_seals(self):
        """@returns how many seals hold, and the last entry that one covers"""
        hash_of = {}
        for seq, _, hash_, _ in self.entries:
            hash_of.setdefault(seq, hash_)
        if not hash_of:
            return 0, 0
        first, last = min(hash_of), max(hash_of)
        held, sealed_to = 0, 0
        for seq, hash_, key, signature in sorted(self.seals):
            if seq < first:
                continue
            if self.public_key is None:
                self.public_key = key
            if key != self.public_key:
                self.fault(seq, "is sealed with another key: %s" % key)
                continue
            message = "kazasu journal seal v1\n%s\n%d\n%s\n" % (self.device, seq, hash_)
            if not signature_holds(key, message.encode("ascii", "replace"), signature):
                self.fault(seq, "has a seal that does not hold")
            elif seq > last:
                self.fault(seq, "was sealed, but the journal ends with entry %d" % last)
            elif hash_of.get(seq) != hash_:
                self.fault(seq, "is not what was sealed")
            else:
                held, sealed_to = held + 1, seq
        return held, sealed_to


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.stderr.write("use: python3 verify-journal.py JOURNAL.jsonl [PUBLIC_KEY]\n")
        return 64
    given = arguments[1] if len(arguments) == 2 else None
    verifier = Verifier(given)
    try:
        with open(arguments[0], encoding="utf-8", newline="\n") as file:
            verifier.read(file)
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write("%s cannot be read: %s\n" % (arguments[0], error))
        return 66
    verifier.check_entries()
    held, sealed_to = verifier.check_seals()
    if not verifier.entries:
        verifier.faults.append("the file holds no entries")
    else:
        sequence = [seq for seq, _, _, _ in verifier.entries]
        print("device %s, entries %d to %d, %d movements" % (verifier.device, min(sequence), max(sequence), len(verifier.operations)))
        if held:
            print("%d seals hold, up to entry %d, made with the key %s%s" % (held, sealed_to, verifier.public_key, "" if given else " (as the file itself says)"))
        else:
            print("no seal holds: nothing shows who wrote this")
            if given:
                verifier.faults.append("no entry is sealed with the key that was given")
    for fault in verifier.faults:
        sys.stderr.write(fault + "\n")
    print("Everything verifies." if not verifier.faults else "It does NOT verify.")
    return 1 if verifier.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
