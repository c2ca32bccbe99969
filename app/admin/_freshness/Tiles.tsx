import type { Snapshot } from '#lib/observability/dashboard/shapes.ts'
import { Tile, Tiles } from '../_components/Layout.tsx'
import { showMs, showShare } from './format.ts'
import { layerLabel } from './layers.ts'

function SlowestLayer({ snapshot: { lag, budgetMs } }: { snapshot: Snapshot }) {
  const slowest = lag.toSorted((a, b) => b.p99 - a.p99)[0]
  if (!slowest) return <Tile label="Lag, p99" value="–" hint="No change in this time" />
  const within = slowest.p99 <= budgetMs
  return (
    <Tile
      label="Lag, p99 of the slowest layer"
      value={showMs(slowest.p99)}
      tone={within ? 'success' : 'warning'}
      hint={`${layerLabel(slowest.layer)} · ${within ? 'within' : 'above'} the budget of ${showMs(budgetMs)}`}
    />
  )
}

function FreshInTime({ snapshot: { freshnessSlo } }: { snapshot: Snapshot }) {
  const [row] = freshnessSlo
  if (!row || row.changes === 0)
    return <Tile label="Fresh everywhere within 1 s" value="–" hint="No change whose time is over" />
  return (
    <Tile
      label={`Fresh everywhere within ${showMs(row.withinMs)}`}
      value={showShare(row.changes - row.late, row.changes)}
      tone={row.late === 0 ? 'success' : undefined}
      hint={`${row.late === 0 ? 'none' : row.late.toLocaleString('en')} of ${row.changes.toLocaleString('en')} changes late`}
    />
  )
}

function Hits({ snapshot: { hitRatio } }: { snapshot: Snapshot }) {
  if (!hitRatio) return <Tile label="Page cache hits" value="–" tone="warning" hint="No web instance answered" />
  const { hits, reads, stale, instances, unreachable, seconds } = hitRatio
  const since = seconds === 0 ? 'since the start' : `last ${showMs(seconds * 1_000)}`
  const seen = unreachable > 0 ? `, ${unreachable} of ${instances} instances away` : ''
  return (
    <Tile
      label="Page cache hits"
      value={showShare(hits, reads)}
      hint={`${reads.toLocaleString('en')} reads, ${since}; ${stale} refused as stale${seen}`}
    />
  )
}

function Queue({ snapshot: { delivery } }: { snapshot: Snapshot }) {
  const { queue, outbox } = delivery
  const waiting = queue === null ? undefined : queue.waiting + queue.active + queue.delayed
  const oldest = Math.max(queue?.oldestMs ?? 0, outbox.oldestMs)
  return (
    <Tile
      label="Queue and outbox"
      value={
        waiting === undefined
          ? 'Redis is away'
          : waiting === 0 && outbox.rows === 0
            ? 'Empty'
            : `${waiting} jobs, ${outbox.rows} rows`
      }
      tone={waiting === undefined || (queue?.failed ?? 0) > 0 ? 'warning' : undefined}
      hint={
        queue && queue.failed > 0
          ? `${queue.failed} jobs have failed`
          : oldest > 0
            ? `The oldest has waited ${showMs(oldest)}`
            : 'Nothing waits, nothing has failed'
      }
    />
  )
}

export function SnapshotTiles({ snapshot }: { snapshot: Snapshot }) {
  return (
    <Tiles>
      <FreshInTime snapshot={snapshot} />
      <SlowestLayer snapshot={snapshot} />
      <Hits snapshot={snapshot} />
      <Queue snapshot={snapshot} />
    </Tiles>
  )
}
