import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";
import { eventStatements } from "./outbox.ts";
import type { AlertMessage, DigestTimes } from "./values.ts";

/** What is told of an alert, to whom, and from when on. */
export interface AlertTelling {
  readonly eventId: string;
  readonly name: "alert.triggered" | "alert.resolved";
  readonly message: AlertMessage;
  readonly channels: readonly { readonly id: string; readonly digest: DigestTimes | null }[];
  /** ISO 8601: not before; the end of quiet hours, or now. */
  readonly notBefore: string;
}

/**
 * For the batch that changes an alert: one event, told to its channels and to whichever webhooks listen. Nothing is written
 * twice for the same event id.
 */
export const alertTellings = (
  org: OrgContext,
  { eventId, name, message, channels, notBefore }: AlertTelling,
): Statement[] =>
  eventStatements(org, {
    id: eventId,
    names: [name],
    data: message,
    severity: message.severity,
    to: channels.map(({ id }) => ({ webhookId: id, at: notBefore })),
  });
