#!/usr/bin/env python3
r"""Compares Manifest's YAML reader with PyYAML (libyaml) on random manifests, and a sample with kubectl.

    python3 yaml_oracle.py --reader '.build/debug/FuzzManifest --serve' --documents 10000 --seed 1

PyYAML gives the tree of nodes; plain scalars are then resolved by the table of `meaning` below, since PyYAML
follows YAML 1.1 (timestamps, base 60, no 0o17) and kubectl does not. With --kubectl N, the values of N documents
are also compared with what `kubectl annotate --local` prints; that is the judge of the table.

Known differences, which the generator avoids or the comparison allows:
- libyaml allows only letters, digits, - and _ in anchor names, and refuses some 1.2 syntax; only such names are made.
- libyaml ends a block scalar at the end of the file without a line break; all files made end with one.
- kubectl lets a merge key override keys before it; here a mapping's own keys win, so merge keys come first.
- kubectl refuses null as a key and the escape \/; both are read here.
- kubectl reads 1.0 as 1, since it prints JSON through a double; numbers are compared by value.
"""
import argparse
import json
import math
import random
import re
import shlex
import subprocess
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"}
FALSE = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"}
NULL = {"", "~", "null", "Null", "NULL"}
INTEGER = re.compile(r"^[-+]?(0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[0-7]+|0|[1-9][0-9]*)$")
FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
NOT_FINITE = re.compile(r"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")


class Refused(Exception):
    """The document has no value."""


def meaning(text):
    """What a plain scalar is to kubectl."""
    if text in NULL:
        return None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    if NOT_FINITE.match(text):
        raise Refused("not finite: " + text)
    if text[0] in "+-0123456789":
        digits = text.replace("_", "")
        if INTEGER.match(digits):
            number = integer(digits)
            if -(2**63) <= number < 2**64:
                return number
    elif text[0] == ".":
        digits = text
    else:
        return text
    if FLOAT.match(digits):
        number = float(digits)
        if math.isfinite(number):
            return number
    return text


def integer(digits):
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-").lower()
    for prefix, base in (("0b", 2), ("0o", 8), ("0x", 16)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    return sign * int(digits, 8 if len(digits) > 1 and digits[0] == "0" else 10)


def key_text(value):
    """How sigs.k8s.io/yaml spells a key."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "float"


def value_of(node, seen=()):
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    if node in seen:
        raise Refused("recursive")
    seen = seen + (node,)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, seen) for item in node.value]
    own, merged = {}, {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Refused("complex key")
        if key.value == "<<" and not key.style:
            content = value_of(value, seen)
            for source in content if isinstance(content, list) else [content]:
                if not isinstance(source, dict):
                    raise Refused("merge of no mapping")
                for name, item in source.items():
                    merged.setdefault(name, item)
            continue
        name = key_text(scalar(key))
        if name in own:
            raise Refused("duplicate key " + name)
        own[name] = value_of(value, seen)
    return {**merged, **own}


def scalar(node):
    """Quoted and tagged scalars are text (the generator makes no tag but !!str and !local)."""
    if node.style or getattr(node, "is_tagged", False):
        return node.value
    return meaning(node.value)


def documents(text):
    """The values PyYAML's nodes stand for; whether a tag was written only the events know."""
    are_tagged = [
        event.tag is not None
        for event in yaml.parse(text, Loader=LOADER)
        if isinstance(event, yaml.ScalarEvent)
    ]
    nodes = list(yaml.compose_all(text, Loader=LOADER))
    tagged = iter(are_tagged)
    seen = set()

    def mark(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            node.is_tagged = next(tagged)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                mark(item)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                mark(key)
                mark(value)

    for node in nodes:
        if node is not None:
            mark(node)
    return [None if node is None else value_of(node) for node in nodes]


# ---------------------------------------------------------------------------------------------------------------
# Random manifests

EDGES = """true false yes no on off y n Y N True NO null ~ Null 0 -0 +1 007 08 0o17 0x1F 0b11 0B1 1_000 1. .5 1e3 1E-5
-1.5e+10 1e400 12345678901234567890 123456789012345678901234 9223372036854775807 -9223372036854775808 0xFFFFFFFFFFFFFFFF
2001-01-01 12:30:45 1:30 1.2.3 v1 100m 1Gi 0x 0b2 1e -x a:b a#b http://x.example/y?z=1#f 1_ +.5 -.5 ._5 0.0 -0.0 :x ?x
-- --- x--- &amp 50% a,b [x {y} é 日本 😀 nUll oN <<x =""".split()
WORDS = "web api db cache worker registry.example.com/team/web:1.2.3 alpha beta /healthz /var/lib/data http grpc".split()
KEYS = """apiVersion kind metadata name namespace labels annotations spec replicas selector template containers image args
env value valueFrom ports containerPort resources limits requests cpu memory volumeMounts mountPath data key path
app.kubernetes.io/name argocd.argoproj.io/sync-wave prometheus.io/scrape x-y_z""".split()


class Writer:
    """Writes random documents in random styles."""

    def __init__(self, rng):
        self.rng = rng
        self.anchors = []
        self.count = 0

    def document(self):
        self.anchors, self.count = [], 0
        text = self.rng.choice(["", "", "# head\n", "---\n", "--- # c\n", "%YAML 1.1\n---\n", "\n"])
        if self.rng.random() < 0.02:
            text = "\ufeff" + text
        body = self.block(0, 0)
        if self.rng.random() < 0.2:
            body += self.rng.choice(["...\n", "# tail\n", "\n\n", "--- \nnext: 1\n"])
        result = text + body
        ending = self.rng.random()
        if ending < 0.05:
            result = result.replace("\n", "\r\n")
        return result

    def comment(self, after_text=False):
        """The end of a line; libyaml takes a tab only after text."""
        tab = ["\t# tab: {x}"] if after_text else []
        return self.rng.choice([""] * 8 + ["  # note", " #"] + tab)

    def lines(self, indent):
        return "".join(
            self.rng.choice(["\n", " " * indent + "# " + self.rng.choice(WORDS) + "\n", "  \n"])
            for _ in range(self.rng.choice([0] * 12 + [1, 2])))

    def block(self, indent, depth):
        """Lines of a block collection at a column."""
        size = self.rng.choice([1, 2, 3, 4, 6])
        out = []
        if depth and self.rng.random() < 0.35:
            for _ in range(size):
                out.append(self.lines(indent) + " " * indent + "-" + self.item(indent, depth))
        else:
            merges = [a for a, is_map in self.anchors if is_map]
            if merges and self.rng.random() < 0.15:
                chosen = self.rng.choice(merges)
                source = self.rng.choice(["*%s", "[*%s]", "[{ zz: 1 }, *%s]"]) % chosen
                out.append(" " * indent + "<<: " + source + "\n")
            used = set()
            for _ in range(size):
                key = self.key()
                name = key_text(value_of(yaml.compose(key + "\n", Loader=LOADER)))
                if name in used or name == "float":
                    continue
                used.add(name)
                if self.rng.random() < 0.03:
                    out.append(" " * indent + "? " + key + "\n" + " " * indent + ":" + self.value(indent, depth))
                else:
                    gap = self.rng.choice([""] * 9 + [" "])
                    out.append(self.lines(indent) + " " * indent + key + gap + ":" + self.value(indent, depth))
            if not out:
                out.append(" " * indent + "k: v\n")
        return "".join(out)

    def key(self):
        pick = self.rng.random()
        if pick < 0.75:
            return self.rng.choice(KEYS)
        if pick < 0.85:
            return self.rng.choice(["yes", "no", "12", "~", "n", "0x10", "null", "017", "é", "日本", "a b", "a#b", "a:b"])
        return self.quoted(self.rng.choice(KEYS + EDGES))

    def anchor(self):
        if self.rng.random() > 0.06:
            return ""
        self.count += 1
        return "a%d" % self.count

    def item(self, indent, depth):
        pick = self.rng.random()
        if pick < 0.35 and depth < 5:
            column = indent + 1 + self.rng.choice([1, 1, 1, 3])
            body = self.block(column, depth + 1)
            stripped = body.lstrip(" ")
            if body.startswith(" " * column) and stripped[0] not in "#\n":
                return " " * (column - indent - 1) + stripped
            return "\n" + body
        return self.value(indent, depth)

    def value(self, indent, depth):
        """What follows the indicator, to the end of the last line."""
        pick = self.rng.random()
        if pick < 0.30 and depth < 5:
            name = self.anchor()
            deeper = indent + self.rng.choice([1, 2, 2, 2, 4])
            head = (" &" + name if name else "") + self.comment() + "\n"
            body = self.block(deeper, depth + 1)
            if name and ": " in body and not body.lstrip(" \n#").startswith("-") and "\n" + " " * deeper + "- " not in "\n" + body:
                self.anchors.append((name, True))
            elif name:
                self.anchors.append((name, False))
            return head + body
        if pick < 0.36:
            return " " + self.flow(indent + 1, 0) + self.comment() + "\n"
        if pick < 0.44:
            return " " + self.block_scalar(indent)
        if pick < 0.47 and self.anchors:
            return " *" + self.rng.choice(self.anchors)[0] + self.comment() + "\n"
        if pick < 0.50:
            return self.comment() + "\n"
        if pick < 0.54:
            return " " + self.multiline(indent) + "\n"
        name = self.anchor()
        text = self.scalar()
        if name:
            self.anchors.append((name, False))
        tag = self.rng.choice([""] * 30 + ["!!str ", "!local "])
        return " " + ("&" + name + " " if name else "") + tag + text + self.comment(after_text=True) + "\n"

    def scalar(self):
        pick = self.rng.random()
        if pick < 0.35:
            return self.rng.choice(WORDS)
        if pick < 0.55:
            return str(self.rng.choice([0, 1, 80, 8080, -3, 3.5, 65536, self.rng.randrange(10**9)]))
        if pick < 0.75:
            edge = self.rng.choice(EDGES)
            return edge if edge[0] not in "&[{" and edge not in ("---", "--") else self.quoted(edge)
        return self.quoted(self.rng.choice(WORDS + EDGES + ["", " lead", "trail ", "two  spaces", "it's", 'say "x"']))

    def quoted(self, text):
        if self.rng.random() < 0.5:
            return "'" + text.replace("'", "''") + "'"
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        if self.rng.random() < 0.3:
            escaped += self.rng.choice(["\\n", "\\t", "\\x41", "\\u00e9", "\\U0001F600", "\\0", "\\e", "\\_", "\\/"])
        return '"' + escaped + '"'

    def multiline(self, indent):
        pad = "\n" * self.rng.choice([1, 1, 2, 3]) + " " * (indent + self.rng.choice([1, 2, 5]))
        words = [self.rng.choice(WORDS) for _ in range(3)]
        style = self.rng.choice(["", '"', "'"])
        slash = "\\" if style == '"' and self.rng.random() < 0.3 else ""
        return style + words[0] + " " * self.rng.choice([0, 2]) + slash + pad + words[1] + pad + words[2] + style

    def block_scalar(self, indent):
        header = self.rng.choice("|>") + self.rng.choice(["", "-", "+"])
        deeper = indent + self.rng.choice([1, 2, 2, 4])
        lines = []
        for _ in range(self.rng.choice([0, 1, 2, 4])):
            lead = self.rng.choice(["", "", "", "  ", "\t"]) if any(lines) else ""
            lines.append(self.rng.choice([" " * deeper + lead + self.rng.choice(WORDS + ["# no comment", "a: b", "- c"]), ""]))
        lines += [""] * self.rng.choice([0, 0, 0, 1, 2])
        text = next((line for line in lines if line), None)
        if text is not None and self.rng.random() < 0.15 and deeper - indent < 10:
            header = header[0] + str(deeper - indent) + header[1:]
        return header + self.rng.choice(["", "", " # c"]) + "\n" + "".join(line + "\n" for line in lines)

    def flow(self, indent, depth):
        size = self.rng.choice([0, 1, 2, 3])
        gap = lambda: self.rng.choice(["", " ", "\n" + " " * (indent + 1)]) if self.rng.random() < 0.5 else " "
        entries = []
        used = set()
        for _ in range(size):
            pick = self.rng.random()
            if pick < 0.2 and depth < 3:
                entry = self.flow(indent, depth + 1)
            elif pick < 0.6:
                entry = self.rng.choice(["1", "x", "true", "1.5", "~", "yes", "a b", "http", "0x1F", "-1"])
            else:
                entry = self.quoted(self.rng.choice(WORDS))
            entries.append(entry)
        if self.rng.random() < 0.5:
            tail = self.rng.choice(["", ","]) if entries else ""
            return "[" + gap() + ("," + gap()).join(entries) + tail + gap() + "]"
        pairs = []
        for entry in entries:
            key = self.rng.choice(KEYS)
            if key in used:
                continue
            used.add(key)
            colon = ": "
            if self.rng.random() < 0.3:
                key, colon = '"' + key + '"', self.rng.choice([":", ": "])
            pairs.append(key + colon + entry)
        return "{" + gap() + ("," + gap()).join(pairs) + gap() + "}"


# ---------------------------------------------------------------------------------------------------------------
# Comparison

def same(left, right):
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or float(left) == float(right)
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def read_all(command, texts):
    """The reader's answers: a list of values, or the message of a refusal."""
    payload = b"".join(b"%d\n%s" % (len(text), text) for text in (t.encode() for t in texts))
    output = subprocess.run(shlex.split(command), input=payload, stdout=subprocess.PIPE, check=True).stdout
    lines = output.decode().split("\n")[:-1]
    if len(lines) != len(texts):
        sys.exit("the reader gave %d answers for %d documents" % (len(lines), len(texts)))
    return [line if line.startswith("!") else json.loads(line) for line in lines]


def expected(text):
    try:
        return documents(text)
    except Refused as refusal:
        return "!" + str(refusal)
    except yaml.YAMLError as error:
        return "?" + str(error).replace("\n", " ")


def indented(text):
    return "".join("    " + line for line in text.splitlines(keepends=True))


def check_kubectl(texts, answers):
    """Puts each value below `data` of an object and lets kubectl read it; answers the number of differences."""
    head = "apiVersion: example.com/v1\nkind: Oracle\nmetadata:\n  name: o%d\ndata:\n"
    chosen = [
        number for number, (text, answer) in enumerate(zip(texts, answers))
        if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], dict)
        and not re.search(r"^(---|\.\.\.|%|\ufeff)|\r|<<", text, re.M)
    ]
    wrong = known = 0
    for number in chosen:
        stream = head % number + indented(texts[number])
        run = subprocess.run(
            ["kubectl", "annotate", "--local", "-f", "-", "-o", "json", "o=o"], input=stream.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if re.search(rb"unsupported map key of type: %!s\(<nil>\)|unknown escape character", run.stderr):
            known += 1
        elif run.returncode:
            print("kubectl refuses #%d: %s" % (number, run.stderr.decode().strip()[:300]))
            wrong += 1
        elif not same(json.loads(run.stdout)["data"], answers[number][0]):
            print("kubectl reads #%d otherwise:\n%s" % (number, stream))
            wrong += 1
    print("kubectl: %d documents, %d differences, %d refused as is known" % (len(chosen), wrong, known))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reader", default=".build/debug/FuzzManifest --serve")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--kubectl", type=int, default=0, metavar="N")
    options = parser.parse_args()
    print("seed %d" % options.seed)
    writer = Writer(random.Random(options.seed))
    texts = [writer.document() for _ in range(options.documents)]
    answers = read_all(options.reader, texts)
    wrong = refused = unread = 0
    for number, (text, answer) in enumerate(zip(texts, answers)):
        want = expected(text)
        if isinstance(want, str) and want.startswith("?"):
            # libyaml cannot read it: the reader must say the same, or know more of YAML 1.2.
            unread += 1
            continue
        if isinstance(want, str) or isinstance(answer, str):
            refused += 1
            good = isinstance(want, str) and isinstance(answer, str)
        else:
            good = same(want, answer)
        if not good:
            wrong += 1
            if wrong <= 10:
                print("--- document %d\n%s\n... expected %s\n... got %s" % (number, text, want, answer))
    print("%d documents: %d differences, %d refused by both, %d not readable by libyaml"
          % (len(texts), wrong, refused - wrong if wrong < refused else refused, unread))
    if options.kubectl:
        wrong += check_kubectl(texts[:options.kubectl], answers)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
