/**
 * A benchmark and its clauses. Titles are our own words: the texts of benchmarks belong to those who wrote them. Which checks
 * are evidence of a control stands in the checks.
 */
export interface Framework {
  /** As checks name it in `controls`. */
  readonly id: string;
  readonly title: string;
  readonly edition: string;
  /** How many controls it has, where not all of their ids are listed. */
  readonly controlsTotal?: number;
  /** Control id → our title, in the framework's order. */
  readonly controls: Readonly<Record<string, string>>;
}
