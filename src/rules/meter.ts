/** Nothing can be concluded: something is not known, or is of another kind than the rule takes it for. */
export class NotKnown extends Error {
  override readonly name = "NotKnown";
}

/** The rule took too much; no operator goes on after it. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

/** Steps one rule may take over one resource: some milliseconds at most. */
export const stepsMax = 20_000;

/** Characters that are compared in one step. */
const charactersPerStep = 32;

/** Counts what a judgement costs, in steps; time plays no part. */
export class Meter {
  steps = 0;
  readonly #most: number;

  constructor(most = stepsMax) {
    this.#most = most;
  }

  /** Throws `TooMuch`. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.#most) throw new TooMuch(`It took more than ${this.#most} steps over this resource`);
  }

  /** Going once through so many characters. */
  spendText(length: number): void {
    this.spend(Math.ceil(length / charactersPerStep));
  }

  /** Looking for a text in a text: at worst each place is compared with all of it. */
  spendSearch(text: string, part: string): void {
    this.spend(Math.ceil(text.length / charactersPerStep) * Math.ceil((part.length + 1) / charactersPerStep));
  }
}
