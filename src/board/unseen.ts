/** Thrown where a page cannot be shown because GitHub does not say what the person may read. */
export class Unseen extends Error {
  override readonly name = "Unseen";
  /** True: they have to log in again. False: GitHub gave no answer. */
  readonly again: boolean;
  constructor(again: boolean, because: string) {
    super(because);
    this.again = again;
  }
}
