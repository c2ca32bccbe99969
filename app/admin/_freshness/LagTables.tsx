import type { LagPoint, LayerLag } from '#lib/observability/dashboard/shapes.ts'
import { classNames } from '../../_ui/classNames.ts'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { Empty } from '../_components/States.tsx'
import { showClock, showMs } from './format.ts'
import styles from './lag.module.css'
import { byLayer, layerClass, layerLabel } from './layers.ts'
import { logScale, type LogScale } from './scale.ts'

const percent = (position: number) => `${position.toFixed(2)}%`

/** From the median to the 99th percentile, a mark at the 95th, on one logarithmic scale for all rows. */
function Range({ lag, position }: { lag: LayerLag; position: (ms: number) => number }) {
  return (
    <svg aria-hidden="true" className={classNames(styles.range, layerClass(lag.layer))} width="100%" height="18">
      <line x1="0" x2="100%" y1="9" y2="9" className={styles.track} />
      <line x1={percent(position(lag.p50))} x2={percent(position(lag.p99))} y1="9" y2="9" className={styles.span} />
      <circle cx={percent(position(lag.p50))} cy="9" r="4" className={styles.mark50} />
      <circle cx={percent(position(lag.p95))} cy="9" r="3" className={styles.mark95} />
      <line x1={percent(position(lag.p99))} x2={percent(position(lag.p99))} y1="3" y2="15" className={styles.mark99} />
    </svg>
  )
}

function columns({ ticks, position }: LogScale): Column<LayerLag>[] {
  return [
    { header: 'Layer', cell: ({ layer }) => <strong className={styles.layer}>{layerLabel(layer)}</strong> },
    { header: 'p50', kind: 'number', cell: ({ p50 }) => showMs(p50) },
    { header: 'p95', kind: 'number', cell: ({ p95 }) => showMs(p95) },
    { header: 'p99', kind: 'number', cell: ({ p99 }) => <strong>{showMs(p99)}</strong> },
    { header: 'Seen', kind: 'number', cell: ({ samples }) => `${samples.toLocaleString('en')}×` },
    {
      header: (
        <>
          <span className="visually-hidden">Range, from p50 to p99</span>
          <span aria-hidden="true" className={styles.ends}>
            <span>{showMs(ticks[0] ?? 1)}</span>
            <span>{showMs(ticks.at(-1) ?? 0)}</span>
          </span>
        </>
      ),
      phone: 'wide',
      cell: (lag) => <Range lag={lag} position={position} />,
    },
  ]
}

export function LagByLayer({ lag }: { lag: readonly LayerLag[] }) {
  return (
    <DataTable
      label="Lag by layer"
      columns={columns(
        logScale(
          lag.flatMap(({ p50, p99 }) => [p50, p99]),
          [0, 100],
        ),
      )}
      rows={byLayer(lag)}
      rowKey={({ layer }) => layer}
      rowData={({ layer }) => ({ 'data-layer': layer })}
      empty={<Empty title="No delivery in this time">Change a price, or look at a longer time.</Empty>}
      compact
      testId="lag-by-layer"
    />
  )
}

/** The numbers of the chart. */
export function LagTable({ series, layers }: { series: readonly LagPoint[]; layers: readonly string[] }) {
  if (series.length === 0) return null
  const columns: Column<number>[] = [
    { header: 'From (UTC)', cell: (at) => showClock(at) },
    ...layers.map((layer) => ({
      header: `${layerLabel(layer)}, p50 / p99`,
      label: layerLabel(layer),
      cell: (at: number) => {
        const point = series.find((candidate) => candidate.at === at && candidate.layer === layer)
        return point ? `${showMs(point.p50)} / ${showMs(point.p99)}` : '–'
      },
    })),
  ]
  return (
    <details className={styles.numbers}>
      <summary className="muted">The numbers as a table</summary>
      <DataTable
        label="Lag over time"
        columns={columns}
        rows={[...new Set(series.map(({ at }) => at))].toReversed()}
        rowKey={(at) => at}
      />
    </details>
  )
}
