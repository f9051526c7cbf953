import { fitted } from "./text.ts";
import { badge, headline, type Fact, type Part, type View } from "./view.ts";

/**
 * Slack takes 50 blocks of 3,000 characters of text, headers of 150; and of all blocks together about 12,000, which no page of its
 * reference tells (`msg_blocks_too_long`, slackapi/bolt-js#2867).
 */
const partsMax = 45;
const sectionMax = 2_900;
const blocksMax = 9_000;

/** Discord, which takes the same body, shows 2,000 characters of `text`, and neither it nor Mattermost shows blocks. */
const textMax = 1_900;

/**
 * The body of a Slack-compatible incoming webhook. Slack shows the blocks, and the text in notifications; others show the text.
 */
export function slackBody(view: View): string {
  const head = fitted(headline(view), 150, asIs);
  const opening = joined([chat(view.summary, 1_500), ...view.facts.map(factLine)], sectionMax);
  const parts = view.parts.slice(0, partsMax).map((part) => joined(partLines(part), sectionMax));
  const shown = fitting(parts, blocksMax - head.length - opening.length);
  const blocks = [
    { type: "header", text: { type: "plain_text", text: head, emoji: false } },
    ...[opening, ...shown].flatMap(section),
    ...context([...more(view, shown), ...linkOf(view), view.at]),
  ];
  return JSON.stringify({ text: textOf(view), blocks });
}

const asIs = (character: string): string => character;

const section = (text: string): object[] =>
  text === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }];

const context = (texts: readonly string[]): object[] => [
  { type: "context", elements: [{ type: "mrkdwn", text: texts.join(" · "), verbatim: true }] },
];

const more = ({ omitted, parts }: View, shown: readonly string[]): string[] => {
  const count = omitted + parts.length - shown.length;
  return count > 0 ? [`and ${count} more`] : [];
};

/** As many whole texts as fit, with a character after each; none beyond an empty one. */
function fitting(texts: readonly string[], max: number): string[] {
  let length = 0;
  const end = texts.findIndex((text) => text === "" || (length += text.length + 1) > max);
  return end < 0 ? [...texts] : texts.slice(0, end);
}

/** As many whole lines as fit. */
const joined = (lines: readonly string[], max: number): string =>
  fitting(
    lines.filter((line) => line !== ""),
    max,
  ).join("\n");

const partLines = ({ title, severity, summary, facts }: Part): string[] => [
  `*${chat(title, 400)}*${severity === null ? "" : ` (${severity})`}`,
  summary === title ? "" : chat(summary, 700),
  ...facts.map(factLine),
];

/** Names and values stand between backticks: nothing in them is formatted, linked or called. */
const factLine = ({ label, value }: Fact): string =>
  label === "Fix" ? `${label}: ${chat(value, 500)}` : `${chat(label, 60)}: \`${fitted(value, 350, literal)}\``;

const literal = (character: string): string => escapes[character] ?? character;

const linkOf = ({ url, path }: View): string[] => [
  ...(url !== null ? [`<${url}|${path}>`] : path === null ? [] : [`\`${path}\``]),
];

/** As many whole parts as fit; of a larger one, where it is the first, as many lines. */
function textOf(view: View): string {
  const where = [view.url ?? view.path ?? []].flat();
  const max = textMax - [...more(view, []), ...where].join("\n").length - 1;
  const title = [badge(view), chat(view.title, 400)].filter((text) => text !== "").join(": ");
  const head = joined([`*${title}*`, chat(view.summary, 600), ...view.facts.map(factLine)], max);
  const room = max - head.length - 1;
  const shown = fitting(
    view.parts.map((part) => joined(partLines(part), room)),
    room,
  );
  return [head, ...shown, ...more(view, shown), ...where].join("\n");
}

/**
 * Text that is only text, in Slack, Mattermost and Discord: what Slack reads as markup is escaped as it asks, what would be bold,
 * struck or code becomes a look-alike, and neither a link with another name nor a call to everybody comes of it.
 */
const chat = (text: string, max: number): string =>
  fitted(
    text.replace(/\](?=\()/g, "] ").replace(/@(?=\w)/g, "@\u200b"),
    max,
    (character) => lookAlikes[character] ?? literal(character),
  );

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "ˋ" };
const lookAlikes: Readonly<Record<string, string>> = { "*": "∗", "~": "∼" };
