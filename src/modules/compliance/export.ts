import type { OrgContext } from "#db/context";
import { ownIn, ownStatements, type FrameworkRow } from "./standing.ts";

export interface Exported {
  readonly frameworks: readonly FrameworkRow[];
}

/** The organization's own frameworks, as `importCompliance` takes them. */
export async function exportCompliance(org: OrgContext): Promise<Exported> {
  const { frameworks } = ownIn(await org.db.atomic(ownStatements(org)));
  return { frameworks };
}
