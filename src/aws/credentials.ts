/** What signs a request. Lives in memory only; never in a message, a log line or an error. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When temporary credentials end. */
  readonly expiresAt?: Date;
}

/** Where a client's credentials come from. */
export interface CredentialSource {
  current(): Promise<AwsCredentials>;
  /** New ones, after AWS said the current ones had expired. */
  renew(): Promise<AwsCredentials>;
}

/** Long-lived keys: nothing to renew. */
export const fixedCredentials = (credentials: AwsCredentials): CredentialSource => ({
  current: () => Promise.resolve(credentials),
  renew: () => Promise.resolve(credentials),
});

/** For clients whose operations are not signed. */
export const noCredentials: CredentialSource = {
  current: () => Promise.reject(new Error("This client has no credentials")),
  renew: () => Promise.reject(new Error("This client has no credentials")),
};

/** `arn:aws:iam::123456789012:role/path/Name`. Source: IAM API 2010-05-08, role names and paths. */
export const roleArnPattern = /^arn:(aws|aws-cn|aws-us-gov):iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/;
