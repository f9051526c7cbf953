import { previewRule, type AlertPreview } from "#alerts/preview";
import type { OrgContext } from "#db/context";
import { resolved } from "./resolved.ts";
import { getAlertRule, newRule } from "./rule.ts";
import type { AlertRuleInput } from "./shapes.ts";

/** What a rule that is not made yet would do. Fault: INVALID_REQUEST. */
export const previewNewRule = async (org: OrgContext, input: AlertRuleInput): Promise<AlertPreview> =>
  previewRule(org, newRule(org, await resolved(org, input)));

/** What a rule would do that is there. Fault: RESOURCE_NOT_FOUND. */
export const previewAlertRule = async (org: OrgContext, id: string): Promise<AlertPreview> =>
  previewRule(org, await getAlertRule(org, id));
