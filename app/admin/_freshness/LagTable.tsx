import type { LagPoint } from '#lib/observability/dashboard/shapes.ts'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { showClock, showMs } from './format.ts'
import styles from './LagChart.module.css'
import { layerLabel } from './layers.ts'

/** The numbers of the chart, for those who would rather read them. */
export function LagTable({ series, layers }: { series: readonly LagPoint[]; layers: readonly string[] }) {
  if (series.length === 0) return null
  const times = [...new Set(series.map(({ at }) => at))].toReversed()
  return (
    <details className={styles.details}>
      <summary>The numbers as a table</summary>
      <TableFrame>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">From (UTC)</th>
              {layers.map((layer) => (
                <th key={layer} scope="col">
                  {layerLabel(layer)}, p50 / p99
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((at) => (
              <tr key={at}>
                <th scope="row">{showClock(at)}</th>
                {layers.map((layer) => {
                  const point = series.find((candidate) => candidate.at === at && candidate.layer === layer)
                  return (
                    <td key={layer} data-label={layerLabel(layer)}>
                      {point ? `${showMs(point.p50)} / ${showMs(point.p99)}` : '–'}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  )
}
