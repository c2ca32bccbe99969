/** A colour as lightness 0-1, chroma and hue in degrees (OKLCH): shading by lightness keeps the hue. */
export type Tone = readonly [lightness: number, chroma: number, hue: number]

const gamma = (linear: number) => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)
const channel = (linear: number) => Math.round(255 * Math.min(1, Math.max(0, gamma(Math.max(0, linear)))))

/** `#rrggbb`. @see https://bottosson.github.io/posts/oklab/ */
export function hex([lightness, chroma, hue]: Tone): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const rgb = [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** Lighter (positive) or darker, with a little more warmth in the light and chroma kept in bounds. */
export function shade([lightness, chroma, hue]: Tone, by: number): Tone {
  const shaded = Math.min(0.985, Math.max(0.12, lightness + by))
  return [shaded, by > 0 ? chroma * (1 - by) : chroma, hue]
}
