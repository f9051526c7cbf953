/** The account that exists without being configured, and the date everything in it is laid relative to. */
export const DEMO_ACCOUNT_ID = "111122223333";
export const DEMO_ACCESS_KEY_ID = "AKIACLOUDGLASSDEMO00";
export const DEMO_SECRET_ACCESS_KEY = "DemoSecretOfTheSimulatedAccount000000000";
export const DEMO_ROLE_ARN = `arn:aws:iam::${DEMO_ACCOUNT_ID}:role/Cloudglass`;
export const DEMO_EXTERNAL_ID = "cloudglass-demo-external-id";

/** The principal Cloudglass itself acts as; the only one that may assume a role here. */
export const OPERATOR_ACCOUNT_ID = "999988887777";
export const OPERATOR_ACCESS_KEY_ID = "AKIACLOUDGLASSOPER00";
export const OPERATOR_SECRET_ACCESS_KEY = "OperatorSecretOfTheSimulator000000000000";

/** ISO 8601 UTC. */
export const EPOCH = "2026-11-21T00:00:00Z";
