import { aboutChecks } from "#scans/about";
import type { OrgContext } from "#db/context";
import { controlScoreOf, type ControlScore, type ControlState } from "#scores/compliance";
import { requireFramework, scoredFramework, type ScoredFramework } from "./score.ts";
import { readStanding } from "./standing.ts";
import { controlTitles } from "./titles.ts";

export interface FrameworkQuery {
  readonly accountId?: string | undefined;
  readonly state?: readonly ControlState[] | undefined;
}

/** A control with its title; empty where we have none. */
export interface TitledControl {
  readonly title: string;
  readonly control: ControlScore;
}

export interface DetailedFramework extends Omit<ScoredFramework, "controls"> {
  readonly asOf: string | null;
  readonly controls: readonly TitledControl[];
}

/** A framework with its controls, in its order. Faults: RESOURCE_NOT_FOUND, UNAVAILABLE. */
export async function getFramework(
  org: OrgContext,
  { id, accountId, state }: FrameworkQuery & { readonly id: string },
): Promise<DetailedFramework> {
  const [standing, titles, about] = await Promise.all([
    readStanding(org, accountId),
    controlTitles(org.env),
    aboutChecks(org.env),
  ]);
  const framework = requireFramework(standing, id);
  const scored = scoredFramework(about, framework, standing, standing);
  const listed = framework.own
    ? framework.own.controls.map((control) => [control.id, control.title] as const)
    : Object.entries(titles[id] ?? {});
  const byId = new Map(scored.controls.map((control) => [control.id, control]));
  const known = new Set(listed.map(([control]) => control));
  const rest = scored.controls.filter((control) => !known.has(control.id)).map((control) => [control.id, ""] as const);
  const controls = [...listed, ...rest].map(([control, title]) => ({
    title,
    control: byId.get(control) ?? controlScoreOf({ id: control, evidence: [] }, {}),
  }));
  return {
    ...scored,
    asOf: standing.asOf,
    controls: controls.filter(({ control }) => state?.includes(control.state) ?? true),
  };
}
