import { describe, it } from "vitest";
import { mailOf } from "#templates/email";
import { pagerDutyBody } from "#templates/pagerduty";
import { slackBody } from "#templates/slack";
import { teamsBody } from "#templates/teams";
import { viewOf } from "#templates/view";
import { documented } from "./documented.ts";

const files = import.meta.glob<string>("../../docs/channels.md", {
  eager: true,
  // @ts-expect-error vite reads files as text; the types at hand know fewer options
  query: "?raw",
  import: "default",
});
const page = Object.values(files)[0] ?? "";

/** What stands in the fenced blocks below a heading. */
const shownUnder = (heading: string): string[] => {
  const [, rest = ""] = page.split(`### ${heading}\n`);
  const [section = ""] = rest.split("\n### ");
  return [...section.matchAll(/```\w+\n([\s\S]*?)\n?```/g)].map(([, block = ""]) => block);
};

describe("what docs/channels.md shows is what is sent", () => {
  const view = viewOf(documented);

  it.each([
    ["Slack", slackBody(view)],
    ["Microsoft Teams", teamsBody(view)],
    ["PagerDuty", pagerDutyBody(view, "<routing key>")],
  ])("to %s", (heading, body) => {
    const [shown = "null"] = shownUnder(heading);
    if (JSON.stringify(JSON.parse(shown)) !== body) throw new Error(body);
  });

  it("by e-mail", ({ expect }) => {
    const { subject, text, html, headers } = mailOf(view, "cloudglass.example");
    const head = `Subject: ${subject}\nReferences: ${headers["References"]}\n\n`;
    expect(shownUnder("E-mail")).toEqual([`${head}${text}`.trimEnd(), html]);
  });
});
