import { classNames } from '../../_ui/classNames.ts'
import type { LayerLag } from '#lib/observability/dashboard/shapes.ts'
import { Empty } from '../_components/Empty.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { showMs } from './format.ts'
import styles from './LagByLayer.module.css'
import { byLayer, layerClass, layerLabel } from './layers.ts'
import { logScale } from './scale.ts'

const percent = (position: number) => `${position.toFixed(2)}%`

/** From the median to the 99th percentile, a mark at the 95th, on one logarithmic scale for all rows. */
function Range({ lag, position }: { lag: LayerLag; position: (ms: number) => number }) {
  return (
    <svg aria-hidden="true" className={classNames(styles.range, layerClass(lag.layer))} width="100%" height="18">
      <line x1="0" x2="100%" y1="9" y2="9" className={styles.track} />
      <line x1={percent(position(lag.p50))} x2={percent(position(lag.p99))} y1="9" y2="9" className={styles.span} />
      <circle cx={percent(position(lag.p50))} cy="9" r="4" className={styles.median} />
      <circle cx={percent(position(lag.p95))} cy="9" r="3" className={styles.p95} />
      <line x1={percent(position(lag.p99))} x2={percent(position(lag.p99))} y1="3" y2="15" className={styles.p99} />
    </svg>
  )
}

export function LagByLayer({ lag }: { lag: readonly LayerLag[] }) {
  if (lag.length === 0)
    return <Empty title="Nothing was delivered in this time">Change a price, or look at a longer time.</Empty>
  const scale = logScale(
    lag.flatMap(({ p50, p99 }) => [p50, p99]),
    [0, 100],
  )
  return (
    <TableFrame>
      <table className={classNames(table.table, styles.table)} data-testid="lag-by-layer">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">p99</th>
            <th scope="col">Seen</th>
            <th scope="col" className={styles.plot}>
              <span className="visually-hidden">Range, from p50 to p99</span>
              <span aria-hidden="true" className={styles.ends}>
                <span>{showMs(scale.ticks[0] ?? 1)}</span>
                <span>{showMs(scale.ticks.at(-1) ?? 0)}</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {byLayer(lag).map((row) => (
            <tr key={row.layer} data-layer={row.layer}>
              <th scope="row" className={styles.layer}>
                {layerLabel(row.layer)}
              </th>
              <td data-label="p50" className={table.number}>
                {showMs(row.p50)}
              </td>
              <td data-label="p95" className={table.number}>
                {showMs(row.p95)}
              </td>
              <td data-label="p99" className={table.number}>
                <strong>{showMs(row.p99)}</strong>
              </td>
              <td data-label="Seen" className={table.number}>
                {row.samples.toLocaleString('en')}×
              </td>
              <td className={styles.plot}>
                <Range lag={row} position={scale.position} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
