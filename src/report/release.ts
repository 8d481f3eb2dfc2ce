import type { Hash } from "../flow/names.ts";

/**
 * The message of a release's tag: it holds a hash of the component's ledger, so that the ledger of a later day can be held
 * against what nobody can change any more.
 */
export const tagMessage = ({
  version,
  number,
  ledger,
}: {
  readonly version: string;
  readonly number: number;
  readonly ledger: Hash;
}): string => `${version}\n\nReleased by #${number}.\nFlowgate-Ledger: ${ledger}\n`;

/** What a draft says of what it waits for, where it is published by hand. @param tested whether a run-book asks for something after the merge. */
export const draftNote = ({ number, tested }: { readonly number: number; readonly tested: boolean }): string =>
  `> This is a draft until a release manager says \`/promote\` on #${number}${tested ? ", once it is deployed and tested" : ""}.`;
