/** Every form that a product can have. */
import { armchair, ottoman, sofa } from './forms/seating.ts'
import { diningChair, loungeChair, stool } from './forms/chairs.ts'
import { coffeeTable, desk, roundTable } from './forms/tables.ts'
import { floorLamp, pendantLamp, tableLamp } from './forms/lamps.ts'
import { bottleVase, roundVase } from './forms/vases.ts'
import { cactus, leafyPlant, snakePlant } from './forms/plants.ts'
import { cupAndSaucer, mug, tumbler } from './forms/cups.ts'
import { kettle, pan, pot, teapot } from './forms/cooking.ts'
import { earbuds, laptop, overEarHeadphones, roundSpeaker, shelfSpeaker } from './forms/electronics.ts'
import { highTop, lowTop } from './forms/shoes.ts'
import { roundGlasses, roundWatch, squareGlasses, squareWatch } from './forms/wearables.ts'
import { daypack, rolltop } from './forms/bags.ts'
import { domeTent, flask, ridgeTent, slimBottle } from './forms/outdoor.ts'
import type { Look } from './palette.ts'
import type { Pen } from './pen.ts'

const DRAWINGS = {
  'dining-chair': diningChair,
  'lounge-chair': loungeChair,
  stool,
  sofa,
  armchair,
  ottoman,
  'round-table': roundTable,
  desk,
  'coffee-table': coffeeTable,
  'table-lamp': tableLamp,
  'floor-lamp': floorLamp,
  'pendant-lamp': pendantLamp,
  'bottle-vase': bottleVase,
  'round-vase': roundVase,
  'leafy-plant': leafyPlant,
  cactus,
  'snake-plant': snakePlant,
  mug,
  'cup-and-saucer': cupAndSaucer,
  tumbler,
  teapot,
  kettle,
  pot,
  pan,
  'over-ear-headphones': overEarHeadphones,
  earbuds,
  laptop,
  'shelf-speaker': shelfSpeaker,
  'round-speaker': roundSpeaker,
  'low-top': lowTop,
  'high-top': highTop,
  'round-watch': roundWatch,
  'square-watch': squareWatch,
  'round-glasses': roundGlasses,
  'square-glasses': squareGlasses,
  daypack,
  rolltop,
  'slim-bottle': slimBottle,
  flask,
  'dome-tent': domeTent,
  'ridge-tent': ridgeTent,
} satisfies Record<string, (pen: Pen, look: Look) => void>

export type Form = keyof typeof DRAWINGS

export const DRAWN_FORMS = Object.keys(DRAWINGS).filter(isForm)

export function isForm(name: string): name is Form {
  return Object.hasOwn(DRAWINGS, name)
}

export function drawForm(form: Form, pen: Pen, look: Look): void {
  DRAWINGS[form](pen, look)
}
