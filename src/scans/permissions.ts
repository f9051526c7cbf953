import { AwsFault, type AwsFaultKind, type Subject } from "#aws/fault";
import type { CollectContext, Found } from "#collectors/collector";
import { askedOf, completed, described } from "#collectors/read";
import type { OrgContext } from "#db/context";
import { usualPace } from "#db/values";
import { Fault } from "#lib/fault";
import { collectorsOf, type AnyCollector } from "./catalogue.ts";
import type { AccountRow } from "./claim.ts";
import { openSession, type AwsSession } from "./session.ts";

/** How AWS answered what needs one IAM action. */
export interface Tried {
  /** `ec2:DescribeVolumes`. */
  readonly action: string;
  /** `unknown`: AWS gave no usable answer; `untested`: there was nothing to ask it about. */
  readonly result: "allowed" | "denied" | "unknown" | "untested";
  readonly region: string | null;
  /** AWS's code; null where it answered. */
  readonly code: string | null;
  readonly remedy: string | null;
}

export interface PermissionTest {
  /** Why AWS does not let us in at all; null: it does. */
  readonly refusal: { readonly code: string; readonly remedy: string } | null;
  readonly tried: readonly Tried[];
}

/** A request waits no longer; what is not answered by then is untested. */
const patienceMs = 20_000;

/**
 * Asks for the first page of everything, and for one thing of each kind all that is asked of a thing: once of the global
 * services, once in one region. Nothing is kept.
 */
export async function testPermissions(org: OrgContext, account: AccountRow): Promise<PermissionTest> {
  const answers = new Map<string, Tried>();
  const region = account.regions?.[0] ?? "us-east-1";
  const visit = { org, account, pace: { ...usualPace, ...account.pace }, sessionName: `cloudglass-${account.id}` };
  const places = await Promise.all(
    ["global", region].map(async (place) => ({ place, session: await openSession(visit, place) })),
  );
  try {
    await places[0]?.session.enabledRegions();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) return { refusal, tried: [] };
  }
  const asking = places.flatMap(({ place, session }) =>
    collectorsOf(place, account.services).map((collector) => tryOne(org, session, collector, answers)),
  );
  await Promise.race([Promise.all(asking), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
  return {
    refusal: null,
    tried: resultsOf(
      answers,
      places.flatMap(({ place }) => collectorsOf(place, account.services)),
    ),
  };
}

/** A denial of one action is a result; what keeps us out altogether is not. */
function refusalOf(error: unknown): { code: string; remedy: string } | null {
  if (error instanceof Fault) return { code: error.code, remedy: error.detail };
  if (!(error instanceof AwsFault)) throw error;
  return error.service === "sts" ? { code: error.code, remedy: error.remedy } : null;
}

async function tryOne(
  org: OrgContext,
  session: AwsSession,
  collector: AnyCollector,
  answers: Map<string, Tried>,
): Promise<void> {
  const aws = session.caller({
    walk: { leave: () => true },
    onAnswer: (subject, fault) => note(answers, subject, fault),
  });
  const context: CollectContext = { aws, place: session.place, now: org.now };
  try {
    const pages = collector.list(context)[Symbol.asyncIterator]();
    const { value, done } = await pages.next();
    await pages.return?.();
    const items = done ? [] : (value as readonly Found[]).slice(0, 1);
    const found = await described(collector, context, items);
    const asked = found.map((one) => askedOf(collector, session.place, one));
    await completed(asked, { tags: aws, figures: aws }, org.now);
  } catch (error) {
    // Noted by the caller already; an answer in an unknown form says nothing of permissions.
    if (!(error instanceof AwsFault))
      console.warn(JSON.stringify({ level: "warn", msg: "test", error: String(error) }));
  }
}

/** Missing is an answer, and so is every other refusal that is not about permissions or credentials. */
const denials: ReadonlySet<AwsFaultKind> = new Set(["denied"]);
const unknowns: ReadonlySet<AwsFaultKind> = new Set(["throttled", "broken", "unavailable", "expired", "skewed"]);

function note(answers: Map<string, Tried>, { iamAction, region }: Subject, fault: AwsFault | null): void {
  const before = answers.get(iamAction);
  if (before?.result === "denied") return;
  const result =
    fault && denials.has(fault.kind) ? "denied" : fault && unknowns.has(fault.kind) ? "unknown" : "allowed";
  if (before && result === "allowed") return;
  const why = result === "allowed" ? null : fault;
  answers.set(iamAction, { action: iamAction, result, region, code: why?.code ?? null, remedy: why?.remedy ?? null });
}

/** Every action the collectors need, whether or not it came to be asked. */
function resultsOf(answers: ReadonlyMap<string, Tried>, collectors: readonly AnyCollector[]): Tried[] {
  const actions = new Set([...collectors.flatMap(({ actions: own }) => own), ...answers.keys()]);
  const untested = { result: "untested", region: null, code: null, remedy: null } as const;
  return [...actions].toSorted().map((action) => answers.get(action) ?? { action, ...untested });
}
