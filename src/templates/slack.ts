import { fitted } from "./text.ts";
import { badge, headline, type Fact, type Part, type View } from "./view.ts";

/** Slack takes 50 blocks of 3,000 characters of text, headers of 150. */
const partsMax = 45;
const sectionMax = 2_900;

/** Discord, which takes the same body, shows 2,000 characters of `text`, and neither it nor Mattermost shows blocks. */
const textMax = 1_900;

/**
 * The body of a Slack-compatible incoming webhook. Slack shows the blocks, and the text in notifications; others show the text.
 */
export function slackBody(view: View): string {
  const shown = view.parts.slice(0, partsMax);
  const omitted = view.omitted + view.parts.length - shown.length;
  const blocks = [
    { type: "header", text: { type: "plain_text", text: fitted(headline(view), 150, asIs), emoji: false } },
    ...section([chat(view.summary, 1_500), ...view.facts.map(factLine)]),
    ...shown.flatMap((part) => section(partLines(part))),
    ...context([...(omitted > 0 ? [`and ${omitted} more`] : []), ...linkOf(view), view.at]),
  ];
  return JSON.stringify({ text: textOf(view, omitted), blocks });
}

const asIs = (character: string): string => character;

const section = (lines: readonly string[]): object[] => {
  const text = joined(lines, sectionMax);
  return text === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }];
};

const context = (texts: readonly string[]): object[] => [
  { type: "context", elements: [{ type: "mrkdwn", text: texts.join(" · "), verbatim: true }] },
];

/** As many whole lines as fit. */
function joined(lines: readonly string[], max: number): string {
  let out = "";
  for (const line of lines) {
    if (line === "") continue;
    if (out.length + line.length + 1 > max) break;
    out += out === "" ? line : `\n${line}`;
  }
  return out;
}

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

function textOf(view: View, omitted: number): string {
  const tail = [
    ...(omitted > 0 ? [`and ${omitted} more`] : []),
    ...((view.url ?? view.path) ? [view.url ?? view.path ?? ""] : []),
  ];
  const state = badge(view);
  const lines = [
    `*${[state, chat(view.title, 400)].filter((text) => text !== "").join(": ")}*`,
    chat(view.summary, 600),
    ...view.facts.map(factLine),
    ...view.parts.flatMap(partLines),
  ];
  return [joined(lines, textMax - tail.join("\n").length - 1), ...tail].join("\n");
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
