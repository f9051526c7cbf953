import { AwsError, xml } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { bodyOf } from "../recordings.ts";

/** Only the account itself may ask, under its own host name. */
const getPublicAccessBlock: Operation = ({ account, action, awsAccountId }) => {
  if (awsAccountId !== account.id) throw new AwsError("AccessDenied", 403, "Access Denied");
  return xml(bodyOf("s3control", action).replace(/^<\?xml[^>]*\?>\s*/, ""));
};

export const s3control: Readonly<Record<string, Operation>> = { GetPublicAccessBlock: getPublicAccessBlock };
