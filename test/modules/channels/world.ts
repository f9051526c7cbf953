import { env as bindings } from "cloudflare:workers";
import type { DigestTimes } from "#db/values";
import { newWorld, type World } from "../webhooks/world.ts";
import type { Channel, ChannelInput } from "../../../src/modules/channels/channel.ts";
import { createChannel } from "../../../src/modules/channels/create.ts";

export interface Inbox {
  /** What the platform's e-mail binding was given, in order. */
  readonly sent: EmailMessageBuilder[];
  /** The next send throws this. */
  refuse(error: Error): void;
  /** Every send to one of these throws it. */
  refuseFor(recipients: readonly string[], error: Error): void;
}

export type ChannelWorld = World & {
  readonly inbox: Inbox;
  channel(input: Partial<ChannelInput> & Pick<ChannelInput, "kind">): Promise<Channel>;
};

/** An organization whose e-mail goes through miniflare's own binding, looked at on its way. */
export async function newChannelWorld(): Promise<ChannelWorld> {
  const sent: EmailMessageBuilder[] = [];
  let refusal: Error | null = null;
  const refusals = new Map<string, Error>();
  const EMAIL = {
    async send(mail: EmailMessageBuilder) {
      const error = refusal;
      refusal = null;
      if (error !== null) throw error;
      const refused = [mail.to].flat().flatMap((to) => (typeof to === "string" && refusals.get(to)) || []);
      if (refused[0]) throw refused[0];
      if (!bindings.EMAIL) throw new Error("No binding EMAIL");
      const result = await bindings.EMAIL.send(mail);
      sent.push(mail);
      return result;
    },
  };
  const world = await newWorld({ EMAIL });
  return {
    ...world,
    inbox: {
      sent,
      refuse: (error) => (refusal = error),
      refuseFor: (recipients, error) => recipients.forEach((to) => refusals.set(to, error)),
    },
    channel: ({ kind, ...input }) =>
      createChannel(world.org(), {
        ...defaults,
        ...(kind === "email" ? mail : kind === "pagerduty" ? key : url),
        ...input,
        kind,
      }),
  };
}

const defaults = { name: "Channel", description: null, status: "enabled", digest: null } as const;
const mail = { recipients: ["a@example.com", "b@example.com"] };
const key = { routingKey: "0123456789abcdef0123456789abcdef" };
const url = { url: "https://hooks.slack.com/services/T0/B0/secret" };

export const nine: DigestTimes = { every: "day", at: "09:00", timeZone: "Europe/Berlin" };
