import { z } from "zod";
import type { Operation } from "#aws/caller";

/** An IAM timestamp, as ISO 8601 UTC. */
export const isoDate = z
  .string()
  .pipe(z.coerce.date())
  .transform((date) => date.toISOString());

/** How IAM's lists go on, 1,000 per page. */
export const byMarker: NonNullable<Operation["paging"]> = {
  token: "Marker",
  next: "Marker",
  limit: ["MaxItems", 1000],
  more: "IsTruncated",
};

export const listUsers: Operation = { service: "iam", action: "ListUsers", paging: byMarker };
