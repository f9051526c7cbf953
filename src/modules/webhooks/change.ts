import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { endPending } from "#deliveries/ladder";
import { updateReceiver, withWhatFollows } from "#deliveries/receiver";
import { checkTarget, targetRules } from "#deliveries/target";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { accountIdsOf } from "#modules/accounts";
import type { WebhookInput } from "./create.ts";
import { audited, ofWebhooks } from "./get.ts";
import type { Webhook } from "./rows.ts";
import { inputOf, WebhookUpdate } from "./shapes.ts";

/**
 * Replaces all that people may say of a webhook, but its secret. Faults: RESOURCE_NOT_FOUND; INVALID_REQUEST for an account;
 * WEBHOOK_URL_BLOCKED, PRECONDITION_FAILED, CONFLICT.
 */
export const replaceWebhook = (org: OrgContext, naming: Naming, input: WebhookInput): Promise<Webhook> =>
  change(org, naming, () => input);

/** Merges a patch (RFC 7396) into a webhook. Faults: those of `replaceWebhook`. */
export const changeWebhook = (org: OrgContext, naming: Naming, patch: unknown): Promise<Webhook> =>
  change(org, naming, (before) => patched(WebhookUpdate, before, patch));

const change = (org: OrgContext, naming: Naming, to: (before: WebhookInput) => WebhookInput): Promise<Webhook> =>
  changeVersion(org, ofWebhooks, naming, async (before) => {
    const known = inputOf(before);
    const input = to(known);
    const { href } = checkTarget(input.url, targetRules(org.env));
    const said = {
      ...input,
      url: href,
      accountIds: await accountIdsOf(org, input.accountIds, before.accountIds ?? []),
    };
    if (canonicalJson(said) === canonicalJson(known)) return null;
    return {
      entry: {
        action: "webhook.update",
        target: { type: "webhook", id: before.id },
        before: audited(before),
        after: audited({ ...before, ...said }),
      },
      statements: [
        updateReceiver(org, before, withWhatFollows(org, before, said)),
        endPending(org, before.id, org.now),
      ],
    };
  });
