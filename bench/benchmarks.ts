/** They compile. */
const NO_BENCHMARKS = new Set(['types'])
/** A part of another one, or one of another name. */
const OTHERS = { sale: 'npm run bench:edits -- --sale', lighthouse: 'npm run lighthouse' }

/**
 * @param scripts of package.json
 * @returns the command of each benchmark, by its name; docs/results has its page and docs/images its plot, under that name
 */
export function benchmarks(scripts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const names = Object.keys(scripts).flatMap((name) => (name.startsWith('bench:') ? [name.slice('bench:'.length)] : []))
  return new Map([
    ...names.filter((name) => !NO_BENCHMARKS.has(name)).map((name) => [name, `npm run bench:${name}`] as const),
    ...Object.entries(OTHERS),
  ])
}
