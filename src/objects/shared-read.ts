/**
 * Makes one read do for all who ask while another is under way: it begins when that one has ended, and so after each of them has
 * asked. A thousand who come back at once cost two reads, not a thousand.
 */
export class SharedRead<Value> {
  #running: Promise<Value> | null = null;
  #next: Promise<Value> | null = null;

  ask(read: () => Promise<Value>): Promise<Value> {
    if (!this.#running) return this.#begin(read);
    const begin = (): Promise<Value> => {
      this.#next = null;
      return this.#begin(read);
    };
    this.#next ??= this.#running.then(begin, begin);
    return this.#next;
  }

  async #begin(read: () => Promise<Value>): Promise<Value> {
    const reading = read();
    this.#running = reading;
    try {
      return await reading;
    } finally {
      if (this.#running === reading) this.#running = null;
    }
  }
}
