'use client'

import { scaleUtc } from 'd3-scale'
import { line } from 'd3-shape'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { type LagPoint, type Snapshot, WINDOWS } from '#lib/observability/dashboard/shapes.ts'
import { classNames } from '../../_ui/classNames.ts'
import { showClock, showMs } from './format.ts'
import styles from './lag.module.css'
import { byLayer, layerClass, layerLabel } from './layers.ts'
import { LagTable } from './LagTables.tsx'
import { logScale, segments } from './scale.ts'

/** The width of an element in CSS pixels: a chart is drawn at its real size, so that its text stays legible. */
function useWidth(ref: RefObject<HTMLElement | null>, initial: number): number {
  const [width, setWidth] = useState(initial)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}

const HEIGHT = 260
const PAD = { top: 12, right: 12, bottom: 26, left: 56 }
const TIME_TICK_PX = 130
/** As wide as `12:30` is. */
const TIME_PX = 36

/** Lag over time, the 99th percentile of each bucket and layer; the median as a thin line below it. */
export function LagChart({
  snapshot: { series, window, at, budgetMs },
}: {
  snapshot: Pick<Snapshot, 'series' | 'window' | 'at' | 'budgetMs'>
}) {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame, 720)
  const [hovered, setHovered] = useState<number>()
  const { seconds, bucketSeconds, label } = WINDOWS[window]
  const bucketMs = bucketSeconds * 1_000
  const end = Math.ceil(Date.parse(at) / bucketMs) * bucketMs
  const start = end - seconds * 1_000
  const layers = byLayer([...new Map(series.map((point) => [point.layer, point])).values()]).map(({ layer }) => layer)
  const { position: y, ticks } = logScale(
    series.flatMap(({ p50, p99 }) => [p50, p99]),
    [HEIGHT - PAD.bottom, PAD.top],
  )
  const right = Math.max(PAD.left + 1, width - PAD.right)
  const clock = scaleUtc([start, end], [PAD.left, right])
  const x = (bucket: number) => clock(bucket + bucketMs / 2)
  const buckets = [...new Set(series.map((point) => point.at))]
  const nearest =
    hovered === undefined ? undefined : buckets.toSorted((a, b) => Math.abs(a - hovered) - Math.abs(b - hovered))[0]
  const read = byLayer(series.filter((point) => point.at === nearest))
  const path = (points: readonly LagPoint[], of: 'p50' | 'p99') =>
    line<LagPoint>(
      (point) => x(point.at),
      (point) => y(point[of]),
    )(points) ?? undefined
  const worst = series.reduce((most, { p99 }) => Math.max(most, p99), 0)
  const summary =
    series.length === 0
      ? 'No change was delivered in this time.'
      : `Lag over the last ${label}, by layer. The highest 99th percentile is ${showMs(worst)}.`

  return (
    <figure className={styles.figure}>
      <figcaption className={styles.legend}>
        {layers.map((layer) => (
          <span key={layer} className={classNames(styles.key, layerClass(layer))}>
            <svg aria-hidden="true" width="26" height="10">
              <line x1="1" x2="25" y1="5" y2="5" className={styles.p99} />
            </svg>
            {layerLabel(layer)}
          </span>
        ))}
        <output className={styles.readout}>
          {nearest === undefined
            ? ''
            : `${showClock(nearest)} UTC · ${read.map((point) => `${layerLabel(point.layer)} ${showMs(point.p99)}`).join(' · ')}`}
        </output>
      </figcaption>
      <div ref={frame} className={styles.frame}>
        <svg
          role="img"
          aria-label={summary}
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          onPointerMove={(event) => {
            const { left } = event.currentTarget.getBoundingClientRect()
            setHovered(clock.invert(event.clientX - left).getTime() - bucketMs / 2)
          }}
          onPointerLeave={() => setHovered(undefined)}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={PAD.left} x2={right} y1={y(tick)} y2={y(tick)} className={styles.grid} />
              <text x={PAD.left - 8} y={y(tick) + 4} textAnchor="end" className={styles.label}>
                {showMs(tick)}
              </text>
            </g>
          ))}
          {clock.ticks(width / TIME_TICK_PX).map((time) => (
            <text
              key={time.getTime()}
              x={Math.min(clock(time), right - TIME_PX / 2)}
              y={HEIGHT - 6}
              textAnchor="middle"
              className={styles.label}
            >
              {showClock(time.getTime(), false)}
            </text>
          ))}
          {budgetMs <= (ticks.at(-1) ?? 0) ? (
            <g>
              <line x1={PAD.left} x2={right} y1={y(budgetMs)} y2={y(budgetMs)} className={styles.budget} />
              <text x={right} y={y(budgetMs) - 5} textAnchor="end" className={styles.budgetLabel}>
                budget {showMs(budgetMs)}
              </text>
            </g>
          ) : null}
          {nearest === undefined ? null : (
            <line x1={x(nearest)} x2={x(nearest)} y1={PAD.top} y2={HEIGHT - PAD.bottom} className={styles.cursor} />
          )}
          {layers.map((layer) => (
            <g key={layer} className={layerClass(layer)}>
              {segments(
                series.filter((point) => point.layer === layer),
                bucketMs,
              ).map((points) => (
                <g key={points[0]?.at}>
                  <path d={path(points, 'p50')} className={styles.p50} />
                  <path d={path(points, 'p99')} className={styles.p99} />
                  {points.length === 1 || points.some((point) => point.at === nearest)
                    ? points
                        .filter((point) => points.length === 1 || point.at === nearest)
                        .map((point) => (
                          <circle key={point.at} cx={x(point.at)} cy={y(point.p99)} r="3.5" className={styles.dot} />
                        ))
                    : null}
                </g>
              ))}
            </g>
          ))}
          {series.length === 0 ? (
            <text x={(PAD.left + right) / 2} y={HEIGHT / 2} textAnchor="middle" className={styles.empty}>
              No price changed in this time
            </text>
          ) : null}
        </svg>
      </div>
      <LagTable series={series} layers={layers} />
    </figure>
  )
}
