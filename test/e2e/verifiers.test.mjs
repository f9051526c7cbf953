// The verifiers of docs/webhooks.md, and the reference package, on deliveries of the running product: each takes all of them, and
// none of a thousand that were changed on the way.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { verifyWebhook } from "../../docs/verifiers/verify.ts";
import { hasEnded, setUp, startScan } from "./support/api.mjs";
import { startReceiver } from "./support/receiver.mjs";
import { eventually, newState, startRuntime } from "./support/runtime.mjs";

const port = 8803;
const root = path.join(import.meta.dirname, "..", "..");
const verifiers = path.join(root, "docs", "verifiers");
const scratch = mkdtempSync(path.join(tmpdir(), "cloudglass-verifiers-"));
const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const seed = Number(process.env["SEED"] ?? 20_260_313);

/** Mulberry32: the same numbers for the same seed. */
function seeded(state) {
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

const python = `
import json, sys
sys.path.insert(0, sys.argv[1])
from verify import verify_webhook
def good(c):
    try:
        verify_webhook(c["secret"], c["headers"], c["body"].encode(), c["nowMs"] / 1000)
        return True
    except ValueError:
        return False
print(json.dumps([good(c) for c in json.load(sys.stdin)]))
`;

const goMain = `package main

import (
	"encoding/json"
	"net/http"
	"os"
	"time"

	"verifiers/webhook"
)

type message struct {
	Secret  string
	Headers [][2]string
	Body    string
	NowMs   int64
}

func main() {
	var messages []message
	if err := json.NewDecoder(os.Stdin).Decode(&messages); err != nil {
		panic(err)
	}
	good := []bool{}
	for _, m := range messages {
		header := http.Header{}
		for _, pair := range m.Headers {
			header.Add(pair[0], pair[1])
		}
		good = append(good, webhook.Verify(m.Secret, header, []byte(m.Body), time.UnixMilli(m.NowMs)) == nil)
	}
	json.NewEncoder(os.Stdout).Encode(good)
}
`;

/** Answers, for each message, whether the verifier took it. */
function ask(command, args, messages, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    input: JSON.stringify(messages),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return JSON.parse(stdout);
}

const works = (command, args) => spawnSync(command, args, { encoding: "utf8" }).status === 0;
const goCommand = ["go", "/usr/local/go/bin/go"].find((command) => works(command, ["version"]));

/** Builds the Go verifier with a reader of messages around it; nothing is downloaded. */
function buildGo() {
  mkdirSync(path.join(scratch, "webhook"), { recursive: true });
  copyFileSync(path.join(verifiers, "verify.go"), path.join(scratch, "webhook", "verify.go"));
  writeFileSync(path.join(scratch, "main.go"), goMain);
  writeFileSync(path.join(scratch, "go.mod"), "module verifiers\n\ngo 1.20\n");
  const env = { ...process.env, GOPROXY: "off", GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod", CGO_ENABLED: "0" };
  const { status, stderr } = spawnSync(goCommand, ["build", "-o", "verify"], { cwd: scratch, env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Values of a header that came more than once, as Node joins them. */
const joined = (headers) => {
  const together = new Map();
  for (const [name, value] of headers)
    together.set(name, together.has(name) ? `${together.get(name)}, ${value}` : value);
  return Object.fromEntries(together);
};

/** With the clock of the message: the package reads the real one. */
function reference({ secret, headers, body, nowMs }) {
  const now = Date.now;
  Date.now = () => nowMs;
  try {
    new Webhook(secret).verify(body, joined(headers));
    return true;
  } catch {
    return false;
  } finally {
    Date.now = now;
  }
}

const kinds = {
  typescript: {
    ask: (messages) =>
      Promise.all(
        messages.map(({ secret, headers, body, nowMs }) =>
          verifyWebhook(secret, joined(headers), body, nowMs).then(
            () => true,
            () => false,
          ),
        ),
      ),
  },
  standardwebhooks: { ask: (messages) => messages.map(reference) },
  python: {
    skip: works("python3", ["--version"]) ? false : "python3 is not on this machine",
    ask: (messages) => ask("python3", ["-c", python, verifiers], messages),
  },
  go: {
    skip: goCommand ? false : "go is not on this machine",
    ask: (messages) => ask(path.join(scratch, "verify"), [], messages),
  },
};

/** Ways in which a message can be something else than what was sent. */
const changes = {
  id: (message, below) => ({
    ...message,
    headers: headerChanged(message, "webhook-id", (id) => letterChanged(id, below)),
  }),
  timestamp: (message, below) => ({
    ...message,
    headers: headerChanged(message, "webhook-timestamp", (seconds) => String(Number(seconds) + 1 + below(200))),
  }),
  body: (message, below) => ({ ...message, body: letterChanged(message.body, below) }),
  "body cut": (message, below) => ({ ...message, body: message.body.slice(0, below(message.body.length)) }),
  "body and more": (message) => ({ ...message, body: `${message.body} ` }),
  signature: (message, below) => ({
    ...message,
    headers: headerChanged(message, "webhook-signature", (text) => `v1,${letterChanged(text.slice(3), below)}`),
  }),
  version: (message) => ({
    ...message,
    headers: headerChanged(message, "webhook-signature", (text) => text.replace("v1,", "v2,")),
  }),
  missing: (message, below) => ({ ...message, headers: without(message, names[below(3)]) }),
  empty: (message, below) => ({ ...message, headers: headerChanged(message, names[below(3)], () => "") }),
  secret: (message, below) => ({ ...message, secret: `whsec_${Buffer.alloc(32, below(256)).toString("base64")}` }),
  old: (message, below) => ({ ...message, nowMs: message.nowMs + 302_000 + below(1e9) }),
  early: (message, below) => ({ ...message, nowMs: message.nowMs - 302_000 - below(1e9) }),
  // The package takes the first of several values, as it is handed them; whoever uses it counts them.
  duplicated: (message, below) => ({ ...message, headers: [...message.headers, message.headers[below(3)]] }),
  "another id": (message, below) => ({
    ...message,
    headers: [...message.headers, ["webhook-id", `msg_${below(1e9)}`]],
  }),
};
const notForPackage = new Set(["duplicated"]);

const headerChanged = ({ headers }, name, change) =>
  headers.map(([known, value]) => [known, known === name ? change(value) : value]);
const without = ({ headers }, name) => headers.filter(([known]) => known !== name);
function letterChanged(text, below) {
  const at = below(text.length);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const letter = letters[below(letters.length)];
  return text[at] === letter
    ? `${text.slice(0, at)}${text.slice(at + 1)}`
    : text.slice(0, at) + letter + text.slice(at + 1);
}

describe("verifiers", { timeout: 180_000 }, () => {
  let runtime;
  let demo;
  let receiver;
  let webhook;
  let messages;

  const messageOf = ({ headers, body, atMs }, secret) => ({
    secret,
    headers: names.map((name) => [name, headers[name]]),
    body,
    nowMs: atMs,
  });
  const send = async (event) => {
    await demo.api("POST", `/webhooks/${webhook.id}/test`, { event });
    return receiver.received.at(-1);
  };

  before(async () => {
    if (!kinds.go.skip) buildGo();
    runtime = await startRuntime({ port, state: newState("verifiers") });
    demo = await setUp(runtime.origin);
    await demo.api("PATCH", "/organization/settings", { limits: { webhookTestPerMinute: 1_000 } });
    receiver = await startReceiver();
    webhook = (await demo.api("POST", "/webhooks", { url: receiver.url, events: ["*"] })).data;
    const { id } = await startScan(demo);
    await eventually("the end of the scan", async () => hasEnded((await demo.api("GET", `/scans/${id}`)).data));
    await eventually("its last event", () => receiver.events("scan.completed").length > 0);
    const source = readFileSync(path.join(root, "src", "db", "outbox.ts"), "utf8");
    const list = /eventNames = \[([^\]]*)\]/.exec(source)?.[1] ?? "";
    for (const [, name] of list.matchAll(/"([a-z._]+)"/g)) await send(name);
    messages = receiver.received.map((delivery) => messageOf(delivery, webhook.secret));
    assert.ok(messages.length > 30);
  });
  after(async () => {
    await receiver?.close();
    await runtime?.kill();
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const [kind, { ask: asked, skip = false }] of Object.entries(kinds)) {
    test(`${kind} takes every delivery, and none of 1,000 that were changed (seed ${seed})`, { skip }, async (t) => {
      assert.deepEqual(new Set(await asked(messages)), new Set([true]));
      const below = seeded(seed);
      const known = Object.entries(changes).filter(([name]) => kind !== "standardwebhooks" || !notForPackage.has(name));
      const changed = Array.from({ length: 1_000 }, (_, index) => {
        const [name, change] = known[index % known.length];
        return { name, message: change(messages[below(messages.length)], below) };
      });
      const taken = await asked(changed.map(({ message }) => message));
      assert.equal(taken.length, 1_000);
      assert.deepEqual(
        changed.filter((_, index) => taken[index]).map(({ name, message }) => [name, message.headers]),
        [],
      );
      t.diagnostic(`${messages.length} deliveries, ${changed.length} changed ones`);
    });
  }

  test("both secrets hold while one is being rotated, and then the new one alone", async () => {
    const rotate = async (overlapHours) =>
      (await demo.api("POST", `/webhooks/${webhook.id}/secret/rotate`, { overlapHours })).data.secret;
    const second = await rotate(24);
    const both = await send("finding.opened");
    const third = await rotate(0);
    const alone = await send("finding.opened");
    assert.equal(both.headers["webhook-signature"].split(" ").length, 2);
    assert.equal(both.headers["x-cloudglass-signature"].split(" ").length, 2);
    const cases = [
      [both, webhook.secret, true],
      [both, second, true],
      [both, third, false],
      [alone, webhook.secret, false],
      [alone, second, false],
      [alone, third, true],
    ];
    for (const [kind, { ask: asked, skip }] of Object.entries(kinds)) {
      if (skip) continue;
      const taken = await asked(cases.map(([delivery, secret]) => messageOf(delivery, secret)));
      assert.deepEqual(
        taken,
        cases.map(([, , expected]) => expected),
        kind,
      );
    }
  });
});
