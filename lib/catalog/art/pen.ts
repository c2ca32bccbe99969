/** Writes SVG elements and the gradients that they use. Light falls from the upper left. */
import { hex, shade, type Tone } from './colour.ts'

export type Point = readonly [x: number, y: number]
type Paint = string
type Stop = readonly [offset: number, tone: Tone, opacity?: number]

export interface Pen {
  path(d: string, paint: Paint, opacity?: number): void
  /** An open line with round ends. */
  line(d: string, width: number, paint: Paint, opacity?: number): void
  rect(x: number, y: number, width: number, height: number, radius: number, paint: Paint, opacity?: number): void
  ellipse(cx: number, cy: number, rx: number, ry: number, paint: Paint, opacity?: number): void
  /** Draws `draw`, turned around a point. */
  turned(degrees: number, about: Point, draw: () => void): void
  /** Draws `draw` from around 0 0, moved to a point and turned. */
  placed(at: Point, degrees: number, draw: () => void): void
  scaled(factor: number, about: Point, draw: () => void): void
  /** Draws `draw`, and its mirror image on the other side of the middle. */
  mirrored(draw: () => void): void
  /** Only inside the outline `d`. */
  clipped(d: string, draw: () => void): void
  flat(tone: Tone): Paint
  gradient(stops: readonly Stop[], direction?: 'down' | 'right' | 'diagonal'): Paint
  glow(stops: readonly Stop[], centre?: Point): Paint
  /** Something turned on a lathe: bright on the left, dark on the right, a little light from behind. */
  cylinder(tone: Tone): Paint
  /** Something bulging towards us. */
  ball(tone: Tone): Paint
  /** A face lit from above. */
  face(tone: Tone): Paint
  /** The soft shadow of a thing that stands on the floor. */
  shadow(cx: number, cy: number, rx: number, ry: number, opacity?: number): void
  svg(size: number): string
}

export const round = (value: number) => Math.round(value * 10) / 10
const DIRECTIONS = { down: 'x2="0" y2="1"', right: '', diagonal: 'x2="1" y2="1"' } as const
const SHADOW: Tone = [0.25, 0.03, 40]

export function createPen(): Pen {
  let body: string[] = []
  const defs: string[] = []
  const ids = new Map<string, string>()

  /** Equal definitions are written once. */
  function define(markup: (id: string) => string): string {
    const key = markup('')
    const id = ids.get(key) ?? `g${ids.size.toString(36)}`
    if (!ids.has(key)) defs.push(markup(id))
    ids.set(key, id)
    return id
  }
  const stopsOf = (stops: readonly Stop[]) =>
    stops
      .map(
        ([offset, tone, opacity]) =>
          `<stop offset="${offset}" stop-color="${hex(tone)}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`,
      )
      .join('')
  const faded = (opacity?: number) => (opacity === undefined || opacity === 1 ? '' : ` opacity="${opacity}"`)
  function captured(draw: () => void): string {
    const outside = body
    body = []
    draw()
    const inside = body.join('')
    body = outside
    return inside
  }

  const pen: Pen = {
    path: (d, paint, opacity) => void body.push(`<path d="${d}" fill="${paint}"${faded(opacity)}/>`),
    line: (d, width, paint, opacity) =>
      void body.push(
        `<path d="${d}" fill="none" stroke="${paint}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${faded(opacity)}/>`,
      ),
    rect: (x, y, width, height, radius, paint, opacity) =>
      void body.push(
        `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}" fill="${paint}"${faded(opacity)}/>`,
      ),
    ellipse: (cx, cy, rx, ry, paint, opacity) =>
      void body.push(
        `<ellipse cx="${round(cx)}" cy="${round(cy)}" rx="${round(rx)}" ry="${round(ry)}" fill="${paint}"${faded(opacity)}/>`,
      ),
    turned: (degrees, [x, y], draw) =>
      void body.push(`<g transform="rotate(${round(degrees)} ${x} ${y})">${captured(draw)}</g>`),
    placed: ([x, y], degrees, draw) =>
      void body.push(
        `<g transform="translate(${round(x)} ${round(y)})rotate(${round(degrees)})">${captured(draw)}</g>`,
      ),
    scaled: (factor, [x, y], draw) =>
      void body.push(
        `<g transform="translate(${round(x * (1 - factor))} ${round(y * (1 - factor))})scale(${factor})">${captured(draw)}</g>`,
      ),
    mirrored: (draw) => {
      const half = captured(draw)
      body.push(half, `<g transform="matrix(-1 0 0 1 800 0)">${half}</g>`)
    },
    clipped: (d, draw) =>
      void body.push(
        `<g clip-path="url(#${define((id) => `<clipPath id="${id}"><path d="${d}"/></clipPath>`)})">${captured(draw)}</g>`,
      ),
    flat: hex,
    gradient: (stops, direction = 'down') =>
      `url(#${define((id) => `<linearGradient id="${id}" ${DIRECTIONS[direction]}>${stopsOf(stops)}</linearGradient>`)})`,
    glow: (stops, [x, y] = [0.5, 0.5]) =>
      `url(#${define((id) => `<radialGradient id="${id}" cx="${x}" cy="${y}" r="${x === 0.5 && y === 0.5 ? 0.5 : 0.8}">${stopsOf(stops)}</radialGradient>`)})`,
    cylinder: (tone) =>
      pen.gradient(
        [
          [0, shade(tone, -0.05)],
          [0.22, shade(tone, 0.07)],
          [0.55, tone],
          [0.88, shade(tone, -0.13)],
          [1, shade(tone, -0.09)],
        ],
        'right',
      ),
    ball: (tone) =>
      pen.glow(
        [
          [0, shade(tone, 0.12)],
          [0.45, tone],
          [1, shade(tone, -0.17)],
        ],
        [0.34, 0.26],
      ),
    face: (tone) =>
      pen.gradient([
        [0, shade(tone, 0.06)],
        [1, shade(tone, -0.07)],
      ]),
    shadow: (cx, cy, rx, ry, opacity = 0.34) =>
      pen.ellipse(
        cx,
        cy,
        rx,
        ry,
        pen.glow([
          [0, SHADOW, opacity],
          [0.55, SHADOW, opacity * 0.45],
          [1, SHADOW, 0],
        ]),
      ),
    svg: (size) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}">` +
      `<defs>${defs.join('')}</defs>${body.join('')}</svg>`,
  }
  return pen
}
