import type { OrgContext } from "#db/context";
import { masterKeys, open, seal } from "#lib/secrets";

/** Names the place a secret is sealed for, so that it opens nowhere else. */
const secretSubject = (orgId: string, webhookId: string): string => `webhooks/${orgId}/${webhookId}/secret`;

/** Sealed for its row, and for no other. */
export const sealSecret = (org: OrgContext, receiverId: string, secret: string): Promise<string> =>
  seal(masterKeys(org.env.MASTER_KEYS), "webhook-secret", secretSubject(org.id, receiverId), secret);

export const openSecret = (org: OrgContext, receiverId: string, sealed: string): Promise<string> =>
  open(masterKeys(org.env.MASTER_KEYS), "webhook-secret", secretSubject(org.id, receiverId), sealed);
