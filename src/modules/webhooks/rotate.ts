import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { updateReceiver } from "#deliveries/receiver";
import { sealSecret } from "#deliveries/secret";
import { newWebhookSecret } from "#lib/standard-webhook";
import { ofWebhooks } from "./get.ts";
import type { NewlyMade } from "./rows.ts";

export interface Rotation {
  /** Hours for which is signed with the former secret as well; 0: not at all. */
  readonly overlapHours: number;
  /** `whsec_…`; made when left out. */
  readonly secret?: string | undefined;
}

/**
 * Gives a webhook a new secret, which is shown this once. Of former ones only the last is still signed with. Faults:
 * RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT.
 */
export async function rotateSecret(
  org: OrgContext,
  naming: Naming,
  { overlapHours, secret = newWebhookSecret() }: Rotation,
): Promise<NewlyMade> {
  const until = overlapHours === 0 ? null : new Date(org.now.getTime() + overlapHours * 3_600_000).toISOString();
  const sealed = await sealSecret(org, naming.id, secret);
  const webhook = await changeVersion(org, ofWebhooks, naming, async (before) => {
    const changed = { secret: sealed, previousSecret: until === null ? null : before.secret, previousUntil: until };
    const after = { ...before, ...changed, version: before.version + 1, updatedAt: org.now.toISOString() };
    return {
      entry: {
        action: "webhook.rotate_secret",
        target: { type: "webhook", id: before.id },
        before: { secret: before.secret },
        after: { secret: sealed, previousUntil: until },
      },
      statements: [updateReceiver(org, before, changed)],
      value: { webhook: after, secret },
    };
  });
  return { webhook, secret };
}
