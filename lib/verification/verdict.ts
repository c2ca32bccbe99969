/**
 * The one vocabulary of verdicts: what delivery, monitor, prober and dashboard say of a page or a store that was read.
 * It stands in `probe_readings.verdict`, in the ledger and in alerts. Browsers load this module, so it imports nothing.
 */

/** `isWrong`: it shows something that it may not show, or hides what it has to show. */
export const VERDICTS = {
  fresh: {
    label: 'fresh',
    meaning: 'No older than what Postgres had before the read, and with the amount of its version.',
    isWrong: false,
  },
  behind: {
    label: 'behind',
    meaning: 'Older than what Postgres had before the read, or a product on sale is called gone.',
    isWrong: true,
  },
  invented: { label: 'invented', meaning: 'A version that Postgres never had.', isWrong: true },
  torn: {
    label: 'torn',
    meaning: 'The amount or the former price of another version, or places that contradict each other.',
    isWrong: true,
  },
  missing: { label: 'no price', meaning: 'The page of a product shows no price of it.', isWrong: true },
  empty: { label: 'nothing kept', meaning: 'A store keeps nothing: the next read fills it.', isWrong: false },
  unreadable: {
    label: 'cannot be read',
    meaning: 'No answer, or one that states nothing. It says nothing of freshness.',
    isWrong: false,
  },
} as const satisfies Record<string, { label: string; meaning: string; isWrong: boolean }>

export type Verdict = keyof typeof VERDICTS

/** @param text as a database column has it */
export function isVerdict(text: string): text is Verdict {
  return Object.hasOwn(VERDICTS, text)
}

export const WRONG_VERDICTS: readonly Verdict[] = Object.keys(VERDICTS)
  .filter(isVerdict)
  .filter((verdict) => VERDICTS[verdict].isWrong)
