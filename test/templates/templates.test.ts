import fc from "fast-check";
import { describe, it } from "vitest";
import type { AlertItem, AlertMessage, DigestMessage } from "#db/values";
import { mailOf } from "#templates/email";
import { pagerDutyBody } from "#templates/pagerduty";
import { slackBody } from "#templates/slack";
import { teamsBody } from "#templates/teams";
import { plain } from "#templates/text";
import { viewOf, type View } from "#templates/view";
import { anAlert, anItem } from "../support/alerts.ts";

interface SlackText {
  readonly type: string;
  readonly text: string;
}
interface SlackBody {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: SlackText;
    readonly elements?: readonly SlackText[];
  }[];
}
interface PagerDutyBody {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly custom_details: object;
  };
}

const told = (event: string, data: unknown, origin: string | null = null): View =>
  viewOf({ event, eventId: "019aa5d2-0000-7000-8000-00000000000e", at: "2026-03-13T08:04:30.000Z", data, origin });

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** What people, and whoever names things in their accounts, could write. */
const nasty = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!channel> <@U123> <https://evil.example|click>",
    "@everyone @here @channel @all",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "*bold* _it_ ~struck~ `code` ```block```",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "a\r\nBcc: victim@example.com\r\n\r\nbody",
    "\u0000\u0007\u001b[31mred\u009b",
    "\ud800 torn \udc00",
    "مرحبا بالعالم",
    "日本語のバケット",
    "👩‍👩‍👧‍👦".repeat(50),
    "&amp;&lt;".repeat(200),
    "<".repeat(5_000),
    "x".repeat(20_000),
    "</td></tr></table>",
    "{{=7*7}} ${7*7}",
    "",
  ),
  fc.string({ unit: "binary", maxLength: 400 }),
);
const maybe = fc.option(nasty);
const severity = fc.constantFrom("critical" as const, "high" as const, "medium" as const, "low" as const);

const items: fc.Arbitrary<AlertItem> = fc.record({
  kind: fc.constant("finding" as const),
  id: fc.uuid(),
  title: nasty,
  summary: nasty,
  severity: fc.option(severity),
  awsAccountId: fc.option(fc.constant("123456789012")),
  accountName: maybe,
  region: fc.option(fc.constant("eu-west-1")),
  resourceName: maybe,
  resourceArn: maybe,
  evidence: fc.array(fc.record({ call: nasty, field: nasty, value: fc.oneof(nasty, fc.jsonValue()) }), {
    maxLength: 3,
  }),
  fix: maybe,
});
const alerts: fc.Arbitrary<AlertMessage> = fc.record({
  alertId: fc.uuid(),
  ruleId: fc.uuid(),
  ruleName: nasty,
  status: fc.constantFrom("open" as const, "acknowledged" as const, "resolved" as const),
  severity,
  title: nasty,
  summary: nasty,
  group: maybe,
  runId: fc.constant(null),
  at: fc.constant("2026-03-13T08:04:30.000Z"),
  active: fc.nat(),
  fresh: fc.nat(),
  items: fc.array(items, { maxLength: 10 }),
  omitted: fc.nat(10_000),
});
const digests: fc.Arbitrary<DigestMessage> = fc.record({
  channelId: fc.uuid(),
  from: fc.constant("2026-03-13T07:00:00.000Z"),
  to: fc.constant("2026-03-13T08:00:00.000Z"),
  alerts: fc.array(alerts, { minLength: 1, maxLength: 50 }),
});
const origins = fc.option(fc.constant("https://cloudglass.example"));
const views = fc.oneof(
  fc.tuple(alerts, origins).map(([alert, origin]) => told("alert.triggered", alert, origin)),
  fc.tuple(digests, origins).map(([digest, origin]) => told("alert.digest", digest, origin)),
  fc.dictionary(nasty, fc.oneof(nasty, fc.jsonValue())).map((data) => told("webhook.failing", data)),
);

// oxlint-disable-next-line no-control-regex
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;
const texts = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [];

const digest = (list: readonly AlertMessage[]): View =>
  told("alert.digest", {
    channelId: "c",
    from: "2026-03-13T07:00:00.000Z",
    to: "2026-03-13T08:00:00.000Z",
    alerts: list,
  });

const textsOf = (blocks: SlackBody["blocks"]): string[] =>
  blocks.flatMap((block) => [block.text, ...(block.elements ?? [])]).map((part) => part?.text ?? "");

const inBlocks = (blocks: SlackBody["blocks"]): number => textsOf(blocks).join("").length;

const check = (property: (view: View) => void): void => fc.assert(fc.property(views, property), { numRuns: 150 });

describe("whatever is told", () => {
  it("Slack gets blocks within its limits, and no markup, link or call but ours", ({ expect }) => {
    check((view) => {
      const { text, blocks } = JSON.parse(slackBody(view)) as SlackBody;
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(text.length).toBeLessThanOrEqual(2_000);
      expect(text.length).toBeGreaterThan(0);
      const all = [
        text,
        ...blocks.flatMap((block) => [block.text, ...(block.elements ?? [])]).map((part) => part?.text ?? "x"),
      ];
      expect(inBlocks(blocks)).toBeLessThanOrEqual(10_000);
      for (const block of blocks) if (block.type === "header") expect(block.text?.text.length).toBeLessThanOrEqual(150);
      for (const part of all) {
        expect(part.length).toBeGreaterThan(0);
        expect(part.length).toBeLessThanOrEqual(3_000);
        expect(part).not.toMatch(hidden);
        expect(part.isWellFormed()).toBe(true);
      }
      const marked = [
        text,
        ...blocks
          .filter(({ type }) => type !== "header")
          .flatMap((block) => [block.text, ...(block.elements ?? [])])
          .map((part) => part?.text ?? ""),
      ];
      for (const part of marked) {
        const withoutOurs = part.replaceAll(`<${view.url}|${view.path}>`, "");
        expect(withoutOurs).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        const spoken = withoutOurs.replace(/`[^`]*`/g, "");
        expect(spoken).not.toMatch(/@\w|\]\(/);
      }
    });
  });

  it("Teams gets a card of at most 28 kB, whose foreign text stands in runs", ({ expect }) => {
    check((view) => {
      const body = teamsBody(view);
      expect(bytes(body)).toBeLessThanOrEqual(28_000);
      const { type, attachments } = JSON.parse(body) as {
        type: string;
        attachments: { contentType: string; content: { body: object[] } }[];
      };
      expect([type, attachments.length, attachments[0]?.contentType]).toEqual([
        "message",
        1,
        "application/vnd.microsoft.card.adaptive",
      ]);
      expect(JSON.stringify(attachments[0]?.content.body)).not.toContain('"TextBlock"');
      for (const text of texts(attachments)) expect(text).not.toMatch(hidden);
    });
  });

  it("PagerDuty gets an event within its limits", ({ expect }) => {
    check((view) => {
      const body = pagerDutyBody(view, "0123456789abcdef0123456789abcdef");
      const { event_action: action, dedup_key: key, payload } = JSON.parse(body) as PagerDutyBody;
      expect(["trigger", "resolve"]).toContain(action);
      expect(key.length).toBeGreaterThan(0);
      expect(key.length).toBeLessThanOrEqual(255);
      expect(payload.summary.length).toBeGreaterThan(0);
      expect(payload.summary.length).toBeLessThanOrEqual(1_024);
      expect(payload.source.length).toBeGreaterThan(0);
      expect(["critical", "error", "warning", "info"]).toContain(payload.severity);
      expect(bytes(body)).toBeLessThanOrEqual(512_000);
      for (const text of texts(payload)) expect(text).not.toMatch(hidden);
    });
  });

  it("e-mail gets one line of subject, and HTML of our own elements only, which fetches nothing", ({ expect }) => {
    check((view) => {
      const { subject, text, html, headers } = mailOf(view, "example.com");
      expect(subject.length).toBeLessThanOrEqual(210);
      for (const value of [subject, ...Object.values(headers)]) expect(value).not.toMatch(/[\r\n\0]/);
      expect(headers["References"]).toMatch(/^<[\w-]+\.alert@example\.com>$/);
      const tags = [...html.matchAll(/<([^>]*)>/g)].map(([, inner = ""]) => inner);
      const names = new Set(tags.map((inner) => inner.replace(/^\/?(!?\w+).*$/s, "$1")));
      const ours = new Set([
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "body",
        "div",
        "h1",
        "h2",
        "p",
        "table",
        "tr",
        "td",
        "a",
      ]);
      expect([...names].filter((name) => !ours.has(name))).toEqual([]);
      for (const inner of tags) expect(inner).not.toMatch(/\s(on\w+|src|srcset|background)\s*=|javascript:|url\(/i);
      expect(html.replace(/<[^>]*>/g, "")).not.toMatch(/[<>]/);
      expect(text.replaceAll("\n", "")).not.toMatch(hidden);
      expect(bytes(html) + bytes(text)).toBeLessThan(1_000_000);
    });
  });

  it("is the same each time", ({ expect }) => {
    check((view) => {
      expect([slackBody(view), teamsBody(view), pagerDutyBody(view, "k")]).toEqual([
        slackBody(view),
        teamsBody(view),
        pagerDutyBody(view, "k"),
      ]);
    });
  });
});

describe("an alert", () => {
  const alert = anAlert();
  const view = told("alert.triggered", alert, "https://cloudglass.example");
  const said = [
    slackBody(view),
    teamsBody(view),
    pagerDutyBody(view, "k"),
    mailOf(view, "example.com").text,
    mailOf(view, "example.com").html,
  ];

  it.each([
    ["the account by name", "production"],
    ["the account by number", "123456789012"],
    ["the region", "eu-west-1"],
    ["the resource's name", "ssh-open"],
    ["the resource's ARN", "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0123"],
    ["the call", "ec2:DescribeSecurityGroups"],
    ["the field", "SecurityGroups[].IpPermissions[]"],
    ["the value", "0.0.0.0/0"],
    ["the fix", "Allow the port to known addresses only."],
    ["where to read more", `/api/v1/alerts/${alert.alertId}`],
    ["the rule", "Open ports"],
  ])("is told with %s, everywhere", (_, text) => {
    for (const body of said) if (!body.includes(text)) throw new Error(`${text} is not in ${body}`);
  });

  it("is told with its severity and how many more there are", ({ expect }) => {
    for (const body of said) expect(body.toLowerCase()).toContain("critical");
    for (const body of said) expect(body).toMatch(/and 1 more|"more":1/);
  });

  it("tells PagerDuty how many things it is about, and which", ({ expect }) => {
    const { payload } = JSON.parse(pagerDutyBody(view, "k")) as PagerDutyBody;
    expect(payload.custom_details).toMatchObject({
      affected: "3, 2 of them new",
      items: [{ title: "Security group opens a sensitive port", resource: "ssh-open" }],
    });
  });

  it("is green and resolved at its end", ({ expect }) => {
    const end = told("alert.resolved", { ...alert, status: "resolved" });
    expect(slackBody(end)).toContain("RESOLVED");
    expect(teamsBody(end)).toContain('"color":"Good"');
    expect(JSON.parse(pagerDutyBody(end, "k"))).toMatchObject({ event_action: "resolve", dedup_key: alert.alertId });
  });

  it.each([
    ["critical", "critical"],
    ["high", "error"],
    ["medium", "warning"],
    ["low", "info"],
  ] as const)("of severity %s is %s at PagerDuty", (severity, level) => {
    const body = JSON.parse(pagerDutyBody(told("alert.triggered", anAlert({ severity })), "k")) as PagerDutyBody;
    if (body.payload.severity !== level) throw new Error(body.payload.severity);
  });

  it("of ten long things keeps what fits, whole lines of it", ({ expect }) => {
    const long = anAlert({
      items: Array.from({ length: 10 }, () => anItem({ summary: "s".repeat(2_000), fix: "&".repeat(2_000) })),
    });
    const { blocks } = JSON.parse(slackBody(told("alert.triggered", long))) as SlackBody;
    for (const block of blocks) expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
  });
});

describe("what is more than a chat shows", () => {
  const many = Array.from({ length: 50 }, (_, i) => `Thing number ${i};`);
  const large = { summary: "s".repeat(2_000), fix: "&".repeat(2_000), resourceArn: "<".repeat(2_000) };
  it.each([
    ["items", told("alert.triggered", anAlert({ items: many.map((title) => anItem({ title })), omitted: 0 }))],
    [
      "large items",
      told("alert.triggered", anAlert({ items: many.map((title) => anItem({ title, ...large })), omitted: 0 })),
    ],
    ["alerts", digest(many.map((title) => anAlert({ title })))],
    [
      "large alerts",
      digest(many.map((title) => anAlert({ title, summary: "<".repeat(2_000), items: [anItem(large)] }))),
    ],
  ])("%s: each is shown or counted, in Slack's blocks and in the text that others show", (_, view) => {
    const { text, blocks } = JSON.parse(slackBody(view)) as SlackBody;
    for (const said of [text, textsOf(blocks).join("\n")]) {
      const shown = many.filter((title) => said.includes(title)).length;
      if (shown === 0 || !said.includes(`and ${50 - shown} more`)) throw new Error(`${shown} are shown: ${said}`);
    }
    if (inBlocks(blocks) > 10_000 || inBlocks(blocks) < 6_000) throw new Error(`${inBlocks(blocks)} characters`);
  });
});

describe("what is not of alerts", () => {
  it("is told by its name and members; what failed is resolved when it works again", ({ expect }) => {
    const data = {
      webhookId: "w1",
      kind: "slack",
      name: "Security",
      failingSince: "2026-03-12T08:00:00.000Z",
      lastError: "Answered 500",
      disablesAt: null,
    };
    const failing = told("webhook.failing", data);
    expect(failing).toMatchObject({ key: "w1", title: "A webhook or channel is failing", severity: "medium" });
    expect(failing.facts).toContainEqual({ label: "lastError", value: "Answered 500" });
    expect(JSON.parse(pagerDutyBody(told("webhook.recovered", data), "k"))).toMatchObject({
      event_action: "resolve",
      dedup_key: "w1",
    });
    expect(told("scan.completed", { scanId: "s1" })).toMatchObject({ title: "scan.completed", severity: null });
  });
});

describe("plain text", () => {
  it("is one line, and whole characters", ({ expect }) => {
    expect(plain(" a\r\n\tb\u202ec ", 100)).toBe("a b c");
    expect(plain("👍👍👍", 4)).toBe("👍…");
  });
});
