/** `npm run bench:regions`: staleness of a product page in many regions, by simulation, with and without versions in the key. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { scaleLog } from 'd3-scale'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { root } from '../../tools/run/environment.ts'
import { curvePlot, type Axis } from '../lib/plot.ts'
import { writePlot } from '../lib/report.ts'
import {
  cloudflarePurge,
  cloudFrontPurge,
  fastlyPurge,
  kvReplication,
  simulate,
  type Scheme,
  type RegionModel,
} from './model.ts'

/** After this no render that began before the edit is under way. */
const SECOND_PURGE_MS = 31_000
const MODEL: RegionModel = {
  regions: 60,
  edits: 300,
  betweenEditsMs: 300_000,
  betweenReadsMs: 400,
  ttlMs: 3_600_000,
  seed: 7,
}

const SCHEMES: readonly Scheme[] = [
  { name: 'CloudFront: address as key, purged once', keyOf: 'address', purgeMs: cloudFrontPurge },
  { name: 'Fastly: address as key, purged once', keyOf: 'address', purgeMs: fastlyPurge },
  { name: 'Cloudflare: address as key, purged once', keyOf: 'address', purgeMs: cloudflarePurge },
  {
    name: 'Cloudflare: address as key, purged twice',
    keyOf: 'address',
    purgeMs: cloudflarePurge,
    secondPurgeMs: SECOND_PURGE_MS,
  },
  { name: 'version from KV in the key, not purged', keyOf: 'own version', indexMs: kvReplication },
  {
    name: 'Evergreen on Cloudflare: version from KV in the key, purged twice',
    keyOf: 'own version',
    indexMs: kvReplication,
    purgeMs: cloudflarePurge,
    secondPurgeMs: SECOND_PURGE_MS,
  },
  {
    name: 'version in the key, index at once (one region, as npm start runs it)',
    keyOf: 'own version',
    indexMs: () => 0,
  },
]

const duration = (ms: number) =>
  ms === 0
    ? '0'
    : ms < 1_000
      ? `${Math.round(ms)} ms`
      : ms < 120_000
        ? `${(ms / 1_000).toFixed(1)} s`
        : `${(ms / 60_000).toFixed(0)} min`

const outcomes = SCHEMES.map((scheme) => {
  const outcome = simulate(scheme, MODEL)
  process.stdout.write(`${scheme.name}: ${outcome.stale} of ${outcome.reads} reads stale\n`)
  return { scheme, ...outcome }
})
const rows = outcomes.map(({ scheme, reads, stale, hits, windows }) => {
  const [p50 = '', p99 = '', p999 = '', most = ''] = [0.5, 0.99, 0.999, 1].map((share) =>
    duration(percentile(windows, share)),
  )
  const share = (some: number) => (some / reads) * 100
  return [scheme.name, `${share(stale).toPrecision(2)} %`, p50, p99, p999, most, `${share(hits).toFixed(1)} %`]
})

const [FROM_MS, TO_MS] = [10, 3_600_000]
const TIME: Axis = {
  title: 'time since the edit was committed',
  marks: [10, 100, 1_000, 10_000, 60_000, 600_000, TO_MS].map((at) => ({ at, label: duration(at) })),
  share: scaleLog([FROM_MS, TO_MS], [0, 1]).clamp(true),
}
/** Square root: a thousandth of the regions is to be seen too. */
const REGIONS: Axis = {
  title: 'share of regions that still show the old price',
  marks: [0, 0.001, 0.01, 0.05, 0.25, 0.5, 1].map((at) => ({ at, label: `${at * 100} %` })),
  share: Math.sqrt,
}
const MOMENTS = Array.from({ length: 400 }, (_, i) => FROM_MS * (TO_MS / FROM_MS) ** (i / 399))
/** @param windows milliseconds, sorted */
function shareAbove(windows: Float64Array, ms: number): number {
  let [low, high] = [0, windows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((windows[middle] ?? 0) > ms) high = middle
    else low = middle + 1
  }
  return (windows.length - low) / windows.length
}
const curves = outcomes.map(({ scheme, windows }) => ({
  name: scheme.name,
  points: MOMENTS.map((x) => ({ x, y: shareAbove(windows, x) })),
}))
writePlot('regions', REGIONS.title, curvePlot(TIME, REGIONS, curves, false))
writeFileSync(
  path.join(root, 'docs/results/regions.md'),
  `# Many regions: how long an old price is seen, by simulation

Nothing here was measured at a vendor. The model (\`bench/regions/model.ts\`) has ${MODEL.regions} regions, ${MODEL.edits} edits of one product at random, ${MODEL.betweenEditsMs / 60_000} minutes
apart in the mean, ${(1_000 / MODEL.betweenReadsMs).toFixed(1)} reads a second in each region, and a TTL of ${MODEL.ttlMs / 3_600_000} hour. A read that misses asks the shop and stores the answer when the
render ends (60 ms in the median, a hundredth takes half a second). A purge comes ${50} ms after the commit, and takes: Cloudflare 150 ms in the
median, Fastly 150 ms, CloudFront 3 to 15 s. A write to KV is seen by a region after 0 to 60 s. These are the vendors' published figures
and what their users report; their spread is assumed.

![Share of regions that still show the old price, over the time since the edit](../images/regions.svg)

For each edit and region: the time from the commit to the last read that did not show it.

${markdownTable(['scheme', 'reads that are stale', 'p50', 'p99', 'p99.9', 'longest', 'hits'], rows)}

What it shows:

- **Purged once is not enough.** A render that began before the edit and ends after the purge stores the old price for the whole TTL, or
  until the next edit. It is rare (it needs a render under way just then), and it is the worst there is. The second purge, after the longest
  render, bounds it at ${duration(SECOND_PURGE_MS)} and a little.
- **A version from KV alone is as old as KV**: up to a minute in a region, however fast the purge of the old page could have been.
- **Both together** are as fast as the purge: where KV lags, the first answer that the purge let through updates the region's index itself. What is
  left is the fill under way at the purge, as above, and the version in the key does not help there while KV lags.
- **With an index that is read as it was written**, no read is stale once the edit has been acknowledged; the ${50} ms before that are the call itself.

The model was made twice. In the first, a region's index learned of an edit from KV alone: Evergreen on Cloudflare had a p99.9 of 11.4 s and 91 % hits,
worse than an address as key purged twice. In this one the Worker raises its region's index by what the shop answers, as its code does, which takes for granted that
KV shows a write at once where it was made. Versioned keys are no faster here than purging twice; they bound what a lost purge would leave.

Again: \`npm run bench:regions\`. The random numbers are seeded: it gives the same table each time.
`,
)
process.stdout.write('written to docs/results/regions.md\n')
