/** The runs of the model: the protocol in several bounds, and the protocol with one part taken out. */

/** The verdict that Spin must give of a run: no violation in any state, or one. */
type Expected = 'holds' | 'violated'

export interface Variant {
  /** Also the name of its folder. */
  readonly name: string
  readonly expected: Expected
  /** The file in docs/architecture/model; by default `lease.pml`. */
  readonly model?: 'lease.pml' | 'commits.pml'
  /** Macros of the model, such as `LEASE=2`. */
  readonly macros: readonly string[]
  /** A line of the model that no run comes to is a mistake: the search would say nothing about it. */
  readonly reachesEveryLine?: true
}

const SMALL = ['LEASE=1', 'TERMS=2', 'EDITS=1']

/** Under half a minute on two slow cores, compiler included: part of `npm test`. */
export const SHORT: readonly Variant[] = [
  { name: 'protocol', expected: 'holds', macros: SMALL },
  { name: 'no-lease', expected: 'violated', macros: [...SMALL, 'NO_LEASE'] },
  { name: 'no-observe', expected: 'violated', macros: [...SMALL, 'NO_OBSERVE'] },
  { name: 'no-term', expected: 'violated', macros: [...SMALL, 'NO_TERM'] },
  { name: 'commits', expected: 'holds', model: 'commits.pml', macros: ['COMMITS=1'] },
  {
    name: 'commits-readers-without-word',
    expected: 'violated',
    model: 'commits.pml',
    macros: ['COMMITS=1', 'NO_WORD_OF_READERS'],
  },
]

/** `npm run model`. */
export const FULL: readonly Variant[] = [
  { name: 'protocol', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=2'], reachesEveryLine: true },
  { name: 'three-terms', expected: 'holds', macros: ['LEASE=2', 'TERMS=3', 'EDITS=1'] },
  { name: 'steps-apart', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=1', 'FINE'] },
  { name: 'three-terms-clock-set-back', expected: 'holds', macros: ['LEASE=1', 'TERMS=3', 'EDITS=1', 'CLOCK_STEP'] },
  { name: 'clock-set-back', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=1', 'CLOCK_STEP'] },
  {
    name: 'reader-times-lease',
    expected: 'holds',
    macros: ['LEASE=4', 'TERMS=3', 'EDITS=0', 'READER_TIMERS', 'CLOCK_STEP'],
  },
  { name: 'stored-position', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=1', 'POSITION'] },
  { name: 'index-behind', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=1', 'BEHIND'] },
  {
    name: 'index-behind-position',
    expected: 'holds',
    macros: ['LEASE=1', 'TERMS=2', 'EDITS=1', 'BEHIND', 'POSITION', 'CLOCK_STEP'],
  },
  { name: 'log-head', expected: 'holds', macros: ['LEASE=2', 'TERMS=2', 'EDITS=2', 'LOG_HEAD'] },
  {
    name: 'lease-found-gone',
    expected: 'holds',
    macros: ['LEASE=2', 'TERMS=2', 'EDITS=1', 'GONE=LEASE+1', 'CLOCK_AHEAD'],
  },
  {
    name: 'lease-found-gone-three-terms',
    expected: 'holds',
    macros: ['LEASE=1', 'TERMS=3', 'EDITS=0', 'GONE=LEASE+1', 'CLOCK_AHEAD'],
  },
  {
    name: 'lease-found-gone-clock-set-back',
    expected: 'holds',
    macros: ['LEASE=1', 'TERMS=3', 'EDITS=0', 'GONE=LEASE+1', 'CLOCK_STEP'],
  },

  ...SHORT.filter(({ expected }) => expected === 'violated'),
  { name: 'lease-gone-for-too-short', expected: 'violated', macros: [...SMALL, 'GONE=LEASE', 'CLOCK_AHEAD'] },
  {
    name: 'lease-that-never-was',
    expected: 'violated',
    macros: ['LEASE=1', 'TERMS=3', 'EDITS=0', 'GONE=LEASE+1', 'UNBORN'],
  },
  { name: 'position-written-blindly', expected: 'violated', macros: [...SMALL, 'POSITION', 'BLIND_POSITION'] },
  { name: 'term-not-read-again', expected: 'violated', macros: [...SMALL, 'CLOCK_STEP', 'NO_REREAD'] },
  { name: 'wait-of-one-lease', expected: 'violated', macros: [...SMALL, 'WAIT=LEASE+1'] },
  { name: 'wait-without-margin', expected: 'violated', macros: [...SMALL, 'WAIT=2*LEASE'] },
  { name: 'nonce-not-compared', expected: 'violated', macros: [...SMALL, 'NO_NONCE'] },
  { name: 'postgres-shown-at-once', expected: 'violated', macros: [...SMALL, 'NO_GUARD'] },
  { name: 'mark-of-an-old-term', expected: 'violated', macros: [...SMALL, 'BLIND_MARK'] },
  { name: 'mark-without-lease', expected: 'violated', macros: [...SMALL, 'UNCHECKED_ADVANCE'] },
  { name: 'first-nonce-believed', expected: 'violated', macros: [...SMALL, 'FIRST_NONCE'] },
  {
    name: 'timed-from-the-change',
    expected: 'violated',
    macros: [...SMALL, 'READER_TIMERS', 'CLOCK_STEP', 'TIMED_FROM_CHANGE'],
  },
  { name: 'observe-not-timed', expected: 'violated', macros: [...SMALL, 'CLOCK_STEP', 'UNTIMED_OBSERVE'] },
  { name: 'behind-ignored', expected: 'violated', macros: [...SMALL, 'BEHIND', 'BEHIND_IGNORED'] },
  { name: 'late-refresh', expected: 'violated', macros: [...SMALL, 'CLOCK_STEP', 'NO_OWN_CLOCK'] },
  {
    name: 'head-without-term',
    expected: 'violated',
    macros: ['LEASE=1', 'TERMS=2', 'EDITS=2', 'LOG_HEAD', 'HEAD_WITHOUT_TERM'],
  },

  { name: 'commits', expected: 'holds', model: 'commits.pml', macros: ['COMMITS=2'], reachesEveryLine: true },
  ...(
    [
      ['scripts-without-word', 'SILENT_SCRIPTS'],
      ['own-commit-only', 'OWN_COMMIT_ONLY'],
      ['word-without-count', 'BIT_WORD'],
    ] as const
  ).map(([name, macro]) => ({
    name: `commits-${name}`,
    expected: 'violated' as const,
    model: 'commits.pml' as const,
    macros: ['COMMITS=2', macro],
  })),
]
