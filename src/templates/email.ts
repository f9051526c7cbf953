import { shortened } from "./text.ts";
import { badge, headline, type Fact, type Part, type View } from "./view.ts";

/** What `send()` of the platform's e-mail binding takes, without its addresses. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * An e-mail as text and as HTML, without scripts and without anything to be fetched. Messages about the same thing refer to one id that
 * stands for it, and keep its subject: mail programs show them as one conversation. (`Message-ID` is the platform's own.)
 */
export function mailOf(view: View, domain: string): Mail {
  const thread = `<${view.key.replace(/[^\w-]/g, "")}.alert@${domain}>`;
  const subject = shortened(`[Cloudglass] ${headline({ ...view, resolved: false })}`, 200);
  return {
    subject: view.resolved ? `Re: ${subject}` : subject,
    text: textOf(view),
    html: htmlOf(view),
    headers: {
      References: thread,
      "In-Reply-To": thread,
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Cloudglass-Event": view.event,
    },
  };
}

const more = ({ omitted }: View): string[] => (omitted > 0 ? [`and ${omitted} more`] : []);
const where = (view: View): string => view.url ?? view.path ?? "";

function textOf(view: View): string {
  const lines = (facts: readonly Fact[], indent: string): string[] =>
    facts.map(({ label, value }) => `${indent}${label}: ${value}`);
  const blocks = [
    [headline(view), ...said(view.summary)],
    lines(view.facts, ""),
    ...view.parts.map((part) => [
      `* ${titled(part)}`,
      ...said(summaryOf(part)).map((text) => `  ${text}`),
      ...lines(part.facts, "  "),
    ]),
    [...more(view), ...said(where(view)), view.at],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

const said = (text: string): string[] => (text === "" ? [] : [text]);
const titled = ({ title, severity }: Part): string => (severity === null ? title : `${title} (${severity})`);
const summaryOf = ({ title, summary }: Part): string => (summary === title ? "" : summary);

const font =
  "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:14px;line-height:1.45;color:#1b1f24";
const colors: Readonly<Record<string, string>> = {
  RESOLVED: "#1a7f37",
  CRITICAL: "#b42318",
  HIGH: "#c4320a",
  MEDIUM: "#9a6700",
};

const htmlOf = (view: View): string =>
  [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(view.title)}</title></head>`,
    `<body style="margin:0;padding:24px;${font}"><div style="max-width:640px">`,
    `<h1 style="margin:0 0 8px;font-size:20px;color:${colors[badge(view)] ?? "#1b1f24"}">${escaped(headline(view))}</h1>`,
    ...said(view.summary).map(paragraph),
    table(view.facts),
    ...view.parts.map(sectionOf),
    ...more(view).map(paragraph),
    `<p style="margin:16px 0 0;color:#57606a;font-size:12px">${linked(view)} ${escaped(view.at)}</p>`,
    "</div></body></html>",
  ].join("\n");

const sectionOf = (part: Part): string =>
  [
    `<h2 style="margin:16px 0 4px;padding-top:12px;border-top:1px solid #d0d7de;font-size:15px">${escaped(titled(part))}</h2>`,
    ...said(summaryOf(part)).map(paragraph),
    table(part.facts),
  ].join("\n");

const paragraph = (text: string): string => `<p style="margin:0 0 8px">${escaped(text)}</p>`;

const table = (facts: readonly Fact[]): string =>
  facts.length === 0
    ? ""
    : `<table role="presentation" cellpadding="0" cellspacing="0" style="${font}">${facts.map(row).join("")}</table>`;

const row = ({ label, value }: Fact): string =>
  `<tr><td style="padding:1px 12px 1px 0;vertical-align:top;color:#57606a">${escaped(label)}</td>` +
  `<td style="padding:1px 0;word-break:break-word">${escaped(value)}</td></tr>`;

function linked({ url, path }: View): string {
  const text = escaped(path ?? "");
  return url === null ? text : `<a href="${escaped(url)}">${text}</a>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
