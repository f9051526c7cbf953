import { Sha256 } from "@aws-crypto/sha256-js";

/** What stands in a session token. Tokens carry everything, so that they outlive a restart of the simulator. */
export interface Session {
  readonly awsAccountId: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface TemporaryKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

async function digest(text: string): Promise<Uint8Array> {
  const hash = new Sha256();
  hash.update(text);
  return hash.digest();
}

/** Made from the token alone; secret enough for a simulator. */
async function keysOf(sessionToken: string): Promise<TemporaryKeys> {
  const id = await digest(`id ${sessionToken}`);
  const secret = await digest(`secret ${sessionToken}`);
  return {
    accessKeyId: `ASIA${Array.from(id.slice(0, 16), (byte) => alphabet[byte % 32]).join("")}`,
    secretAccessKey: btoa(String.fromCharCode(...secret)).slice(0, 40),
    sessionToken,
  };
}

/** New temporary keys; every call gives others. */
export async function openSession(session: Session): Promise<TemporaryKeys> {
  const salted = JSON.stringify({ ...session, salt: crypto.randomUUID() });
  return keysOf(`FwoGZXIvYXdz${btoa(salted)}`);
}

/** The session a token was given for and its keys; `undefined` for a token that is none of ours. */
export async function readSession(token: string): Promise<{ session: Session; keys: TemporaryKeys } | undefined> {
  if (!token.startsWith("FwoGZXIvYXdz")) return undefined;
  try {
    // safe: whoever forges a token has the simulator's source; the fields are checked where they are used.
    const session = JSON.parse(atob(token.slice(12))) as Session;
    return { session, keys: await keysOf(token) };
  } catch {
    return undefined;
  }
}
