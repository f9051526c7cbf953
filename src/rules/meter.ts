/** Nothing can be concluded: something is not known, or is of another kind than the rule takes it for. */
export class NotKnown extends Error {
  override readonly name = "NotKnown";
}

/** The rule took too much; no operator goes on after it. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

/** Steps one rule may take over one resource: some milliseconds at most. */
export const stepsMax = 10_000;

/** Characters that are compared in one step. */
const charactersPerStep = 32;

const errorSteps = 100;
const countedPerStep = 8;

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

  /** Something is not known: to say so takes as long as many steps. */
  spendError(): void {
    this.spend(errorSteps);
  }

  /** Going once through so many characters. */
  spendText(length: number): void {
    this.spend(Math.ceil(length / charactersPerStep));
  }

  /** Counting so many characters one by one. */
  spendCount(length: number): void {
    this.spend(Math.ceil(length / countedPerStep));
  }

  /** Looking for a text in a text: at worst each place is compared with all of it. */
  spendSearch(text: string, part: string): void {
    this.spend(Math.ceil(text.length / charactersPerStep) * Math.ceil((part.length + 1) / charactersPerStep));
  }
}
