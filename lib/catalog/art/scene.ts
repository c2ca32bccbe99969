import { hex } from './colour.ts'
import type { Form } from './forms.ts'
import { PALETTES, type Colour } from './palette.ts'

/** What a picture shows: together with the generator it decides every byte. */
export interface ArtSpec {
  readonly form: Form
  readonly colour: Colour
  readonly variant: number
}

export function drawScene({ colour, variant }: ArtSpec): string {
  const { body, walls } = PALETTES[colour]
  const wall = walls[variant % walls.length] ?? body
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800"><path fill="${hex(wall)}" d="M0 0h800v800H0z"/><circle cx="400" cy="420" r="200" fill="${hex(body)}"/></svg>`
}
