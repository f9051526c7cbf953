import { shortened } from "./text.ts";
import type { Fact, View } from "./view.ts";

const severities = { critical: "critical", high: "error", medium: "warning", low: "info" } as const;

/** An event of PagerDuty's Events API v2: opens an incident, adds to it, or resolves it, by what it is about. */
export function pagerDutyBody(view: View, routingKey: string): string {
  return JSON.stringify({
    routing_key: routingKey,
    event_action: view.resolved ? "resolve" : "trigger",
    dedup_key: shortened(view.key, 255),
    client: "Cloudglass",
    ...(view.url === null ? {} : { client_url: view.url, links: [{ href: view.url, text: view.path }] }),
    payload: payloadOf(view),
  });
}

function payloadOf(view: View): object {
  const [first] = view.parts;
  const named = (label: string): string | undefined => first?.facts.find((fact) => fact.label === label)?.value;
  const source = [named("Account"), named("Region")].filter((text) => text !== undefined).join(" ");
  return {
    summary: shortened(view.title, 1_024),
    source: source === "" ? "Cloudglass" : source,
    severity: view.severity === null ? "info" : severities[view.severity],
    timestamp: view.at,
    component: named("Resource"),
    group: view.facts.find(({ label }) => label === "For")?.value,
    class: view.facts.find(({ label }) => label === "Rule")?.value,
    custom_details: {
      summary: view.summary,
      ...membersOf(view.facts),
      items: view.parts.map(({ title, severity, summary, facts }) => ({
        title,
        severity,
        summary,
        ...membersOf(facts),
      })),
      more: view.omitted,
      path: view.path,
    },
  };
}

/** Facts of one label become a list. */
const membersOf = (facts: readonly Fact[]): Record<string, string | readonly string[]> =>
  Object.fromEntries(
    [...Map.groupBy(facts, ({ label }) => label.toLowerCase())].map(([label, own]) => {
      const [first = "", ...others] = own.map(({ value }) => value);
      return [label, others.length === 0 ? first : [first, ...others]];
    }),
  );
