/** Twelve colours that products come in, and what stands behind each. Lightness, chroma and hue of OKLCH. */
import type { Tone } from './colour.ts'

export const COLOURS = [
  'sage',
  'terracotta',
  'ochre',
  'indigo',
  'blush',
  'charcoal',
  'sand',
  'moss',
  'plum',
  'mist',
  'ivory',
  'crimson',
] as const
export type Colour = (typeof COLOURS)[number]

interface Palette {
  readonly body: Tone
  /** A second colour for soles, seams and lids: goes with the first without competing. */
  readonly accent: Tone
  /** Walls to stand before; the variant of the picture chooses one. */
  readonly walls: readonly Tone[]
}

const WARM: Tone = [0.935, 0.02, 75]
const PEACH: Tone = [0.905, 0.034, 55]
const ROSE: Tone = [0.905, 0.024, 18]
const SKY: Tone = [0.915, 0.02, 235]
const MINT: Tone = [0.92, 0.021, 160]
const LILAC: Tone = [0.905, 0.02, 300]
const STONE: Tone = [0.915, 0.007, 85]
const BUTTER: Tone = [0.94, 0.035, 92]

const PALETTES: Readonly<Record<Colour, Palette>> = {
  sage: { body: [0.71, 0.052, 150], accent: [0.5, 0.05, 155], walls: [WARM, PEACH, STONE, ROSE] },
  terracotta: { body: [0.64, 0.125, 42], accent: [0.45, 0.085, 38], walls: [WARM, SKY, MINT, STONE] },
  ochre: { body: [0.77, 0.13, 82], accent: [0.52, 0.09, 65], walls: [SKY, STONE, LILAC, MINT] },
  indigo: { body: [0.44, 0.1, 268], accent: [0.78, 0.1, 75], walls: [PEACH, WARM, BUTTER, SKY] },
  blush: { body: [0.8, 0.068, 18], accent: [0.56, 0.09, 15], walls: [MINT, STONE, LILAC, WARM] },
  charcoal: { body: [0.37, 0.012, 265], accent: [0.77, 0.1, 65], walls: [BUTTER, STONE, ROSE, SKY] },
  sand: { body: [0.81, 0.05, 78], accent: [0.52, 0.055, 58], walls: [SKY, ROSE, MINT, LILAC] },
  moss: { body: [0.52, 0.075, 128], accent: [0.8, 0.085, 90], walls: [BUTTER, PEACH, WARM, ROSE] },
  plum: { body: [0.45, 0.095, 345], accent: [0.79, 0.07, 30], walls: [LILAC, PEACH, BUTTER, STONE] },
  mist: { body: [0.77, 0.042, 232], accent: [0.5, 0.06, 245], walls: [WARM, PEACH, BUTTER, ROSE] },
  ivory: {
    body: [0.93, 0.022, 88],
    accent: [0.66, 0.075, 62],
    walls: [
      [0.8, 0.055, 45],
      [0.77, 0.035, 158],
      [0.77, 0.038, 240],
      [0.81, 0.04, 12],
    ],
  },
  crimson: { body: [0.53, 0.165, 24], accent: [0.86, 0.05, 75], walls: [SKY, STONE, MINT, WARM] },
}

/** The look of one variant of one colour. */
export interface Look {
  readonly body: Tone
  readonly accent: Tone
  readonly wood: Tone
  readonly metal: Tone
  readonly wall: Tone
  readonly backdrop: number
  /** 0 or 1, for a second way to draw a detail. */
  readonly detail: number
}

export const CREAM: Tone = [0.955, 0.014, 88]
export const INK: Tone = [0.27, 0.014, 275]
const WOODS: readonly Tone[] = [
  [0.73, 0.08, 70],
  [0.53, 0.07, 52],
  [0.64, 0.085, 62],
]
const METALS: readonly Tone[] = [
  [0.8, 0.006, 255],
  [0.77, 0.085, 82],
  [0.36, 0.012, 265],
]
const BACKDROP_COUNT = 4

/** Degrees of hue between walls that are otherwise the same. */
const WALL_TURN = 9
const turned = ([lightness, chroma, hue]: Tone, by: number): Tone => [lightness, chroma, hue + by]

export function lookOf(colour: Colour, variant: number): Look {
  const { body, accent, walls } = PALETTES[colour]
  const place = Math.floor(variant / walls.length)
  return {
    body,
    accent,
    wood: WOODS[(variant + place) % WOODS.length] ?? body,
    metal: METALS[(variant + 2 * place) % METALS.length] ?? accent,
    wall: turned(walls[variant % walls.length] ?? body, (Math.floor(place / BACKDROP_COUNT) - 1) * WALL_TURN),
    // Forms that stand next to each other should not all stand before the same backdrop.
    backdrop: (variant + place) % BACKDROP_COUNT,
    detail: (place + Math.floor(variant / 2)) % 2,
  }
}
