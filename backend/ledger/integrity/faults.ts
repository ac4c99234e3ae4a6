/** What does not hold, one sentence each, for people. Only so many are kept: a broken ledger must not fill the memory as well. */

const KEPT_MAX = 100;

export class Faults {
  readonly sentences: string[] = [];
  count = 0;

  add(sentence: string): void {
    this.count += 1;
    if (this.sentences.length < KEPT_MAX) this.sentences.push(sentence);
  }

  /** The sentences, and how many more there were. */
  all(): string[] {
    const more = this.count - this.sentences.length;
    return more === 0 ? [...this.sentences] : [...this.sentences, `There are ${more} more faults.`];
  }
}
