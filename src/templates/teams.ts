import { badge, headline, type Part, type View } from "./view.ts";

/** Teams refuses what is larger than 28 kB. */
const bodyBytesMax = 27_500;

/**
 * The body for a Teams workflow ("when a webhook request is received"): an Adaptive Card in the envelope of a message. All that comes
 * from elsewhere stands in text runs, which know no markup.
 */
export function teamsBody(view: View): string {
  for (let count = view.parts.length; ; count = Math.floor(count * 0.8)) {
    const text = JSON.stringify(envelope(view, count));
    if (count === 0 || new TextEncoder().encode(text).length <= bodyBytesMax) return text;
  }
}

const envelope = (view: View, count: number): object => ({
  type: "message",
  attachments: [
    { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card(view, count) },
  ],
});

function card(view: View, count: number): object {
  const omitted = view.omitted + view.parts.length - count;
  const open = view.url === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open", url: view.url }] };
  return {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.4",
    fallbackText: headline(view),
    msteams: { width: "Full" },
    body: [
      block([run(headline(view), { size: "Large", weight: "Bolder", color: colorOf(view) })]),
      ...(view.summary === "" ? [] : [block([run(view.summary)])]),
      ...facts(view.facts),
      ...view.parts.slice(0, count).map(container),
      ...(omitted > 0 ? [block([run(`and ${omitted} more`, { isSubtle: true })])] : []),
      block([
        run([view.path ?? "", view.at].filter((text) => text !== "").join(" · "), { isSubtle: true, size: "Small" }),
      ]),
    ],
    ...open,
  };
}

const container = ({ title, severity, summary, facts: own }: Part): object => ({
  type: "Container",
  separator: true,
  spacing: "Medium",
  items: [
    block([run(title, { weight: "Bolder" }), ...(severity === null ? [] : [run(` (${severity})`)])]),
    ...(summary === "" || summary === title ? [] : [block([run(summary)])]),
    ...facts(own),
  ],
});

const facts = (all: View["facts"]): object[] =>
  all.map(({ label, value }) => block([run(`${label}: `, { weight: "Bolder" }), run(value)], "None"));

const block = (inlines: readonly object[], spacing = "Small"): object => ({ type: "RichTextBlock", spacing, inlines });

const run = (text: string, style: object = {}): object => ({ type: "TextRun", text, ...style });

function colorOf(view: View): string {
  const colors: Readonly<Record<string, string>> = {
    RESOLVED: "Good",
    CRITICAL: "Attention",
    HIGH: "Attention",
    MEDIUM: "Warning",
  };
  return colors[badge(view)] ?? "Default";
}
