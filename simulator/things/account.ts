import { AwsError } from "../answers.ts";
import { text, type Operation } from "../calls.ts";
import type { ThingService } from "./thing.ts";

/** Source: Account Management API 2021-02-01. No account has registered an alternate contact. */
const getAlternateContact: Operation = (call) => {
  const type = text(call, "AlternateContactType") ?? "";
  if (!["BILLING", "OPERATIONS", "SECURITY"].includes(type)) {
    throw new AwsError("ValidationException", 400, "AlternateContactType is not valid.");
  }
  throw new AwsError("ResourceNotFoundException", 404, `No contact of type ${type} is registered.`);
};

export const account: ThingService = {
  routes: [["POST", "/getAlternateContact", "GetAlternateContact"]],
  operations: { GetAlternateContact: getAlternateContact },
};
