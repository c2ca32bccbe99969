import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { KindWords } from './kind.ts'

export const lamps: KindWords = {
  category: 'lamps',
  sku: 'LMP',
  brands: ['Lumenar', 'Glimra', 'Solveil', 'Osterby'],
  models: ['Halo', 'Dusk', 'Ember', 'Lyra', 'Selene', 'Nova', 'Aster', 'Luz', 'Corona', 'Vesper', 'Mira', 'Alba', 'Polar',
    'Orb', 'Lucerne', 'Sola', 'Candela', 'Umbra', 'Tilia', 'Opal'],
  materials: ['Steel', 'Brass', 'Aluminium', 'Walnut'],
  colours: COLOURS,
  forms: [
    { form: 'table-lamp', types: ['Table Lamp', 'Bedside Lamp', 'Shade Lamp'], euros: [39, 229] },
    { form: 'floor-lamp', types: ['Floor Lamp', 'Reading Lamp', 'Standing Lamp'], euros: [99, 449] },
    { form: 'pendant-lamp', types: ['Pendant Lamp', 'Pendant', 'Ceiling Lamp'], euros: [59, 389] },
  ],
  openings: [
    'The {model} gives a warm, glare-free light that makes a room feel finished.',
    'A {type} with a {colour} shade that looks as good switched off as it does lit.',
    'Soft downward light and a quiet silhouette: this {type} is made for the hours after sunset.',
  ],
  features: [
    'The shade is lined in white, so the light stays neutral whatever its colour outside.',
    'Dim it in four steps with a touch; it remembers the last one.',
    'Details in {material} are turned, not cast, and will never flake.',
    'The textile cable is two and a half metres long and comes in a matching tone.',
  ],
  details: [
    'An E27 LED bulb with 2,700 K is included and can be replaced.',
    'It draws six watts, about as much as charging a phone.',
    'Dust it with a dry cloth; the shade comes off without tools.',
    'It is tested for use in every room, the bathroom excepted.',
  ],
}

export const vases: KindWords = {
  category: 'vases',
  sku: 'VAS',
  brands: ['Terrano', 'Petalry', 'Ansel Ware', 'Glimra'],
  models: ['Amphora', 'Pebble', 'Dune', 'Lotus', 'Riva', 'Calla', 'Mora', 'Tuscan', 'Ondine', 'Sakura', 'Faro', 'Elba', 'Cove',
    'Iris', 'Juno', 'Kiri', 'Sorrel', 'Lagoon', 'Nara', 'Poppy'],
  materials: ['Stoneware', 'Earthenware', 'Porcelain', 'Clay'],
  colours: COLOURS,
  forms: [
    { form: 'bottle-vase', types: ['Bottle Vase', 'Tall Vase', 'Stem Vase'], euros: [19, 119] },
    { form: 'round-vase', types: ['Round Vase', 'Moon Vase', 'Bouquet Vase'], euros: [24, 149] },
  ],
  openings: [
    'The {model} is a {type} that holds one branch as gracefully as a whole bouquet.',
    'Thrown by hand and glazed in {colour}, no two of these are exactly alike.',
    'A {type} in {material} with a silhouette that needs no flowers to look complete.',
  ],
  features: [
    'The glaze breaks lighter at the edges, where the kiln was hottest.',
    'A narrow neck keeps stems upright without wire or foam.',
    'Its weight sits low, so a heavy branch will not tip it over.',
    'The matt outside feels like a river stone; the inside is glazed and watertight.',
  ],
  details: [
    'Rinse it with warm water and a bottle brush.',
    'The base is felted and will not scratch a table.',
    'Small speckles belong to the clay and are not a fault.',
    'It is packed in moulded paper and replaced free of charge if it breaks on the way.',
  ],
}

export const plants: KindWords = {
  category: 'plants',
  sku: 'PLT',
  naming: '{model} {type} in {colour} {material}',
  brands: ['Verdelle', 'Botanik & Sohn', 'Petalry'],
  models: ['Luna', 'Bruno', 'Fidel', 'Olive', 'Hugo', 'Greta', 'Pablo', 'Maya', 'Theo', 'Nora', 'Basil', 'Lotte', 'Rio', 'Clara',
    'Emil', 'Juna', 'Milo', 'Ida'],
  materials: ['Clay', 'Stoneware', 'Terrazzo', 'Fibre'],
  colours: COLOURS,
  forms: [
    { form: 'leafy-plant', types: ['Rubber Plant', 'Agave', 'Dragon Plant'], euros: [19, 89] },
    { form: 'cactus', types: ['Column Cactus', 'Cactus', 'Desert Cactus'], euros: [12, 79] },
    { form: 'snake-plant', types: ['Snake Plant', 'Sansevieria', 'Bow Plant'], euros: [15, 85] },
  ],
  openings: [
    'Meet {model}, a {type} that forgives a forgotten week and thanks you for a sunny window.',
    'A healthy {type}, grown slowly and potted in {colour} {material}.',
    'This {type} brings a corner to life and asks for almost nothing in return.',
  ],
  features: [
    'The pot hides a water reservoir, so that one filling lasts up to three weeks.',
    'It is potted in peat-free soil with enough food for the first half year.',
    'It was raised in a nursery that heats with its own wood chips.',
    'The planter has a drain and a saucer, and can stand on a shelf without leaving a ring.',
  ],
  details: [
    'Water it when the top centimetres of soil are dry.',
    'It likes bright shade and a room that stays above 15 °C.',
    'It travels in a heated parcel from October to March.',
    'Repot it after two years; the pot is yours to keep.',
  ],
}
