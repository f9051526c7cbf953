import type { Env } from "#env";
import type { OrgContext } from "#db/context";
import type { ChannelConfig, ChannelKind } from "#db/values";
import { Fault } from "#lib/fault";
import { mailOf } from "#templates/email";
import { pagerDutyBody } from "#templates/pagerduty";
import { slackBody } from "#templates/slack";
import { teamsBody } from "#templates/teams";
import { viewOf, type View } from "#templates/view";
import type { Claim } from "./claim.ts";
import type { Outgoing } from "./message.ts";
import { openSecret } from "./secret.ts";
import { checkTarget, targetRules } from "./target.ts";

/** https://developer.pagerduty.com/docs/events-api-v2-overview: by where the account lives. */
const pagerDutyHosts = { us: "https://events.pagerduty.com", eu: "https://events.eu.pagerduty.com" } as const;

/** What a channel is sent: the same at every attempt. Its address and key are those it has now, so a corrected one is used at once. */
export async function channelMessage(
  org: OrgContext,
  claim: Claim,
  kind: Exclude<ChannelKind, "webhook">,
): Promise<Outgoing> {
  const view = viewOfClaim(org.env, claim);
  const config = claim.config ?? {};
  if (kind === "email") return { kind, mail: mailTo(org.env, view, config.recipients ?? []) };
  const secret = await openSecret(org, claim.webhookId, claim.secret);
  if (kind === "pagerduty") return posted(pagerDutyUrl(org.env, config), pagerDutyBody(view, secret));
  const url = checkTarget(secret, targetRules(org.env));
  return posted(url, kind === "slack" ? slackBody(view) : teamsBody(view));
}

const posted = (url: URL, body: string): Outgoing => ({
  kind: "http",
  url,
  body,
  headers: { "Content-Type": "application/json", "User-Agent": "Cloudglass-Webhooks/1" },
});

function viewOfClaim(env: Env, { event, eventId, eventCreatedAt, data }: Claim): View {
  if (data === null || eventCreatedAt === null) throw new Error("A delivery without its event");
  return viewOf({ event, eventId, at: eventCreatedAt, data: JSON.parse(data), origin: originOf(env) });
}

/** `https://…` of this deployment; null: it has not been told. */
function originOf(env: Env): string | null {
  const [host = ""] = (env.PUBLIC_HOSTS ?? "").split(",");
  return host.trim() === "" ? env.ISSUER_URL || null : `https://${host.trim()}`;
}

/** A constant, but for development. */
function pagerDutyUrl(env: Env, { region = "us" }: ChannelConfig): URL {
  const rules = targetRules(env);
  const own = rules.allowLoopback && env.PAGERDUTY_URL ? checkTarget(env.PAGERDUTY_URL, rules) : pagerDutyHosts[region];
  return new URL("/v2/enqueue", own);
}

/** Where PagerDuty's events go, as it may be shown. */
export const pagerDutyOrigin = (region: "us" | "eu"): string => pagerDutyHosts[region];

function mailTo(env: Env, view: View, recipients: readonly string[]): EmailMessageBuilder {
  const { from } = sender(env);
  const mail = mailOf(view, from.slice(from.lastIndexOf("@") + 1));
  return { ...mail, headers: { ...mail.headers }, from: { email: from, name: "Cloudglass" }, to: [...recipients] };
}

/** The platform's e-mail binding and who it sends as. Fault: CHANNEL_UNAVAILABLE. */
export function sender({ EMAIL, EMAIL_FROM }: Env): { readonly binding: SendEmail; readonly from: string } {
  if (EMAIL && EMAIL_FROM) return { binding: EMAIL, from: EMAIL_FROM };
  throw new Fault(
    "CHANNEL_UNAVAILABLE",
    "This deployment sends no e-mail: it has no binding EMAIL, or EMAIL_FROM is empty.",
  );
}
