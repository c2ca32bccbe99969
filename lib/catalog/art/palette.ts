/** Twelve colours that products come in, and what stands behind each. Lightness, chroma and hue of OKLCH. */
import type { Tone } from './colour.ts'

export const COLOURS = [
  'sage', 'terracotta', 'ochre', 'indigo', 'blush', 'charcoal', 'sand', 'moss', 'plum', 'mist', 'ivory', 'crimson',
] as const
export type Colour = (typeof COLOURS)[number]

interface Palette {
  readonly body: Tone
  /** A second colour for soles, seams and lids: goes with the first without competing. */
  readonly accent: Tone
  /** Walls to stand before; the variant of the picture chooses one. */
  readonly walls: readonly Tone[]
}

const WARM: Tone = [0.93, 0.028, 75]
const PEACH: Tone = [0.9, 0.045, 55]
const ROSE: Tone = [0.9, 0.035, 15]
const SKY: Tone = [0.91, 0.03, 235]
const MINT: Tone = [0.92, 0.032, 165]
const LILAC: Tone = [0.9, 0.032, 305]
const STONE: Tone = [0.91, 0.008, 85]
const BUTTER: Tone = [0.94, 0.05, 95]

export const PALETTES: Readonly<Record<Colour, Palette>> = {
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
  ivory: { body: [0.93, 0.022, 88], accent: [0.66, 0.075, 62], walls: [[0.82, 0.06, 45], [0.8, 0.05, 160], [0.8, 0.05, 240], [0.82, 0.045, 10]] },
  crimson: { body: [0.53, 0.165, 24], accent: [0.86, 0.05, 75], walls: [SKY, STONE, MINT, WARM] },
}
