import type { LagPoint } from '#lib/observability/dashboard/shapes.ts'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { showClock, showMs } from './format.ts'
import styles from './LagChart.module.css'
import { layerLabel } from './layers.ts'

/** What the chart shows, for those who would rather read it. */
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
    <details className={styles.details}>
      <summary>The numbers as a table</summary>
      <DataTable
        label="Lag over time"
        columns={columns}
        rows={[...new Set(series.map(({ at }) => at))].toReversed()}
        rowKey={(at) => at}
      />
    </details>
  )
}
