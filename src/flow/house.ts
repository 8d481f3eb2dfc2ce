import type { Signer } from "./signer.ts";

/** What the App knows of itself, the same for every judgement. */
export type House = {
  /** The App's id: it pins our checks, so that nobody else's of the same name count. */
  readonly app: number;
  /** Where its pages are, without a slash at the end; null: checks carry no link. */
  readonly links: string | null;
  /** Where GitHub's own pages are, without a slash at the end. */
  readonly web: string;
  /** Of Flowgate itself, as evidence names it. */
  readonly version: string;
  /** By whom evidence is signed. */
  readonly signer: Signer;
};
