import type { OrgContext } from "#db/context";
import type { ChannelConfig } from "#db/values";
import { pagerDutyOrigin, sender } from "#deliveries/channel-message";
import { openSecret, sealSecret } from "#deliveries/secret";
import { checkTarget, targetRules } from "#deliveries/target";
import type { Channel, ChannelInput } from "./channel.ts";

/** How a channel is reached: what opens it sealed, and what of it may be shown. */
export type Address = Pick<Channel, "url" | "secret" | "config">;

const endingLength = 4;

/**
 * The address that people gave, or the one it has where they gave none. Faults: WEBHOOK_URL_BLOCKED; CHANNEL_UNAVAILABLE for a new one
 * when this deployment sends no e-mail (no more of one that is there: its attempts say so, and it may be put in order meanwhile).
 */
export async function addressOf(
  org: OrgContext,
  id: string,
  input: ChannelInput,
  before: Address | null,
): Promise<Address> {
  const { kind, url, routingKey, region = "us", recipients = [] } = input;
  if (kind === "email") {
    if (before === null) sender(org.env);
    return { url: "", secret: "", config: { recipients } };
  }
  if (kind === "pagerduty")
    return opened(org, id, { secret: routingKey, url: pagerDutyOrigin(region), config: { region } }, before);
  const target = url === undefined ? null : checkTarget(url, targetRules(org.env));
  return opened(org, id, { secret: target?.href, url: target?.origin, config: {} }, before);
}

interface Given {
  readonly secret: string | undefined;
  readonly url: string | undefined;
  readonly config: ChannelConfig;
}

/** A secret that it has already keeps its seal: each sealing differs, and another address begins without failures. */
async function opened(org: OrgContext, id: string, given: Given, before: Address | null): Promise<Address> {
  const { secret, url = before?.url ?? "", config } = given;
  if (secret === undefined || (before && secret === (await openSecret(org, id, before.secret).catch(() => null))))
    return { url, secret: before?.secret ?? "", config: { ...config, ...endingOf(before?.config.ending) } };
  return {
    url,
    secret: await sealSecret(org, id, secret),
    config: { ...config, ...endingOf(secret.slice(-endingLength)) },
  };
}

const endingOf = (ending: string | undefined): ChannelConfig => (ending === undefined ? {} : { ending });
