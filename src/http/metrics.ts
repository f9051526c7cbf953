/** Answers of this isolate by status class: 2xx, 4xx … */
const answers = new Map<string, number>();

export function countAnswer(status: number): void {
  const group = `${Math.floor(status / 100)}xx`;
  answers.set(group, (answers.get(group) ?? 0) + 1);
}

export const answerCounts = (): ReadonlyMap<string, number> => answers;
