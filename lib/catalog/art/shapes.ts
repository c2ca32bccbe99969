/** Outlines that several forms share. */
import { shade, type Tone } from './colour.ts'
import { round, type Pen, type Point } from './pen.ts'

const MIDDLE = 400
/** Positions in the picture. */
export const FLOOR = 650

/**
 * The outline of something turned on a lathe, smooth through all points.
 * @param profile radius and height, from the rim down to the foot
 */
export function lathe(profile: readonly Point[], cx = MIDDLE): string {
  const right = profile.map(([radius, y]): Point => [cx + radius, y])
  const left = profile.map(([radius, y]): Point => [cx - radius, y]).toReversed()
  return `${smooth(right, 'M')}${smooth(left, 'L')}Z`
}

/** A Catmull-Rom curve through the points, as cubic Béziers. */
export function smooth(points: readonly Point[], start: 'M' | 'L' = 'M'): string {
  const at = (i: number): Point => points[Math.min(points.length - 1, Math.max(0, i))] ?? [0, 0]
  const [x, y] = at(0)
  let d = `${start}${round(x)} ${round(y)}`
  for (let i = 0; i < points.length - 1; i += 1) {
    const [x0, y0] = at(i - 1)
    const [x1, y1] = at(i)
    const [x2, y2] = at(i + 1)
    const [x3, y3] = at(i + 2)
    d += `C${round(x1 + (x2 - x0) / 6)} ${round(y1 + (y2 - y0) / 6)} ${round(x2 - (x3 - x1) / 6)} ${round(y2 - (y3 - y1) / 6)} ${round(x2)} ${round(y2)}`
  }
  return d
}

/** A leg that gets thinner towards the floor. */
export function leg(pen: Pen, [x1, y1]: Point, [x2, y2]: Point, width: number, tone: Tone): void {
  const top = width / 2
  const foot = width * 0.3
  pen.path(
    `M${x1 - top} ${y1}L${x1 + top} ${y1}L${round(x2 + foot)} ${y2}Q${x2} ${y2 + 4} ${round(x2 - foot)} ${y2}Z`,
    pen.gradient(
      [
        [0, shade(tone, 0.04)],
        [0.5, tone],
        [1, shade(tone, -0.1)],
      ],
      'right',
    ),
  )
}

/** An opening seen from a little above: the rim and what is inside. */
export function opening(pen: Pen, y: number, radius: number, tone: Tone, inside: Tone, cx = MIDDLE): void {
  const depth = radius * 0.2
  pen.ellipse(cx, y, radius, depth, pen.flat(shade(tone, 0.07)))
  pen.ellipse(
    cx,
    y + 1.5,
    radius * 0.92,
    depth * 0.86,
    pen.gradient([
      [0, shade(inside, -0.1)],
      [1, shade(inside, 0.04)],
    ]),
  )
}

/** A leaf from its base, pointing up before it is turned: its shape, and its darker right half. */
export function leaf(pen: Pen, [x, y]: Point, degrees: number, length: number, width: number, tone: Tone): void {
  const curve = (side: number) =>
    `C${round(side * width)} ${round(-length / 4)} ${round(side * width * 0.9)} ${round(-length * 0.75)} 0 ${-length}`
  const back = `C${round(-width * 0.9)} ${round(-length * 0.75)} ${round(-width)} ${round(-length / 4)} 0 0Z`
  pen.placed([x, y], degrees, () => {
    pen.path(
      `M0 0${curve(1)}${back}`,
      length > 100
        ? pen.gradient([
            [0, shade(tone, 0.06)],
            [1, shade(tone, -0.04)],
          ])
        : pen.flat(shade(tone, 0.02)),
    )
    pen.path(`M0 0${curve(1)}Z`, pen.flat(shade(tone, -0.09)), 0.45)
    if (length > 100) pen.line(`M0 0V${round(-length * 0.92)}`, 2.5, pen.flat(shade(tone, 0.12)), 0.6)
  })
}

/** A soft streak of light down the left side. */
export function gleam(pen: Pen, d: string, width: number, opacity = 0.35): void {
  pen.line(d, width, '#fff', opacity)
}
