import { shade, type Tone } from './colour.ts'
import { drawForm, type Form } from './forms.ts'
import { lookOf, type Colour, type Look } from './palette.ts'
import { createPen, type Pen, type Point } from './pen.ts'
import { FLOOR } from './shapes.ts'

/** A product from several sides: the whole of it first, as lists show it. */
export const VIEWS = ['whole', 'close', 'set', 'evening'] as const
export type View = (typeof VIEWS)[number]

/** The scene of a picture: together with the generator it decides every byte. */
export interface ArtSpec {
  readonly form: Form
  readonly colour: Colour
  readonly variant: number
  readonly view: View
}

const SIZE = 800
const HORIZON = 560
/** The wall alone. */
const NO_BACKDROP = -1

/** The picture as SVG. It brings its own background, so it looks the same on light and dark pages. */
export function drawScene({ form, colour, variant, view }: ArtSpec): string {
  const pen = createPen()
  const look = lookOf(colour, variant)
  DRAWINGS[view](pen, look, () => drawForm(form, pen, look))
  return pen.svg(SIZE)
}

const MIDDLE: Point = [SIZE / 2, SIZE / 2]

const DRAWINGS: Readonly<Record<View, (pen: Pen, look: Look, draw: () => void) => void>> = {
  whole(pen, look, draw) {
    drawRoom(pen, look)
    draw()
  },
  close(pen, look, draw) {
    drawRoom(pen, look)
    pen.scaled(1.8, [MIDDLE[0], 380], draw)
  },
  /** Among blocks, as a shop window has them. */
  set(pen, look, draw) {
    drawRoom(pen, { ...look, backdrop: NO_BACKDROP })
    const { wall, accent } = look
    const block = (tone: Tone) =>
      pen.gradient(
        [
          [0, shade(tone, 0.05)],
          [1, shade(tone, -0.05)],
        ],
        'right',
      )
    pen.path('M70 640V330a150 150 0 0 1 300 0V640Z', block(deeper(wall, 0.08)))
    pen.ellipse(596, 642, 150, 14, pen.flat([0.25, 0.03, 40]), 0.1)
    pen.rect(470, 400, 250, 240, 10, block(deeper(wall, 0.05)))
    pen.rect(560, 270, 160, 130, 10, block(deeper(wall, 0.11)))
    pen.ellipse(640, 218, 52, 52, pen.ball(accent))
    pen.scaled(0.74, [MIDDLE[0], FLOOR], draw)
  },
  evening(pen, look, draw) {
    const [, chroma, hue] = look.wall
    const wall: Tone = [0.43, Math.min(0.06, chroma * 1.6), hue]
    drawRoom(pen, { ...look, wall, backdrop: NO_BACKDROP })
    const light: Tone = [0.88, 0.09, 72]
    const glow = pen.glow([
      [0, light, 0.75],
      [0.5, light, 0.28],
      [1, light, 0],
    ])
    pen.ellipse(400, 400, 390, 390, glow)
    draw()
  },
}

function drawRoom(pen: Pen, { wall, backdrop }: Look): void {
  pen.rect(
    0,
    0,
    SIZE,
    SIZE,
    0,
    pen.glow(
      [
        [0, shade(wall, 0.035)],
        [0.6, wall],
        [1, shade(wall, -0.045)],
      ],
      [0.3, 0.2],
    ),
  )
  BACKDROPS[backdrop]?.(pen, wall)
  // The floor runs up into the wall without an edge, as in a photographer's studio.
  const floor = shade(wall, -0.05)
  pen.rect(
    0,
    HORIZON - 60,
    SIZE,
    SIZE - HORIZON + 60,
    0,
    pen.gradient([
      [0, floor, 0],
      [0.3, floor, 0.75],
      [1, shade(floor, 0.03), 0.9],
    ]),
  )
}

/** Darker and richer: a wall in shade is not a grey wall. */
const deeper = ([lightness, chroma, hue]: Tone, by: number): Tone => [lightness - by, chroma + by * 0.45, hue]

const BACKDROPS: readonly ((pen: Pen, wall: Tone) => void)[] = [
  (pen, wall) =>
    pen.ellipse(
      400,
      380,
      262,
      262,
      pen.gradient([
        [0, deeper(wall, 0.07)],
        [1, deeper(wall, 0.012)],
      ]),
    ),
  (pen, wall) =>
    pen.path(
      'M170 640V350a230 230 0 0 1 460 0V640Z',
      pen.gradient([
        [0, deeper(wall, 0.065)],
        [1, deeper(wall, 0.01)],
      ]),
    ),
  // Window light on the wall.
  (pen, wall) =>
    pen.turned(-14, [400, 350], () => {
      for (const [x, y] of [
        [150, 60],
        [415, 60],
        [150, 330],
        [415, 330],
      ] as const) {
        pen.rect(x, y, 245, 250, 6, pen.flat(shade(wall, 0.05)), 0.62)
      }
    }),
  (pen, wall) => {
    pen.path(
      'M0 470C120 330 250 400 360 330S620 130 800 210V640H0Z',
      pen.gradient([
        [0, deeper(wall, 0.055)],
        [1, deeper(wall, 0.01)],
      ]),
    )
    pen.ellipse(610, 190, 78, 78, pen.flat(shade(wall, 0.05)))
  },
]
