import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { KindWords } from './kind.ts'

export const backpacks: KindWords = {
  category: 'backpacks',
  sku: 'BAG',
  brands: ['Cairnfield', 'Larkspur Gear', 'Ridgeway Supply', 'Alpenrose'],
  models: ['Skerry', 'Transit', 'Col', 'Wayfarer', 'Moraine', 'Basin', 'Tarn', 'Fernweh', 'Merlin', 'Portage', 'Saddle', 'Birch', 'Heron Hill',
    'Terminal', 'Trailhead', 'Gully', 'Heath', 'Larch'],
  materials: ['Canvas', 'Ripstop', 'Waxed Cotton', 'Recycled'],
  colours: COLOURS,
  forms: [
    { form: 'daypack', types: ['Daypack', 'Backpack', 'City Backpack'], euros: [49, 189] },
    { form: 'rolltop', types: ['Rolltop Backpack', 'Rolltop', 'Commuter Pack'], euros: [69, 229] },
  ],
  openings: [
    'The {model} carries a laptop on Friday and a picnic on Saturday.',
    'A {type} in {colour} with space for a long weekend and straps that do not remind you of it.',
    'Simple outside and well sorted inside, this {type} makes it easy to find your keys.',
  ],
  features: [
    'The laptop sleeve hangs free of the bottom, so a hard landing does no harm.',
    'Its fabric is woven from recycled bottles and sheds a two-hour downpour.',
    'The back panel is vented, and a sternum strap takes the sway out of a quick pace.',
    'Every seam that carries weight is sewn twice and bar-tacked.',
  ],
  details: [
    'It holds 22 litres and counts as cabin luggage everywhere.',
    'Repairs are free for life: send it in, and it comes back mended.',
    'Clean it with a sponge and mild soap.',
    'A bottle pocket on each side fits one litre.',
  ],
}

export const bottles: KindWords = {
  category: 'bottles',
  sku: 'BOT',
  brands: ['Drybrook', 'Cairnfield', 'Alpenrose', 'Kinetra'],
  models: ['Spring', 'Rill', 'Glacier', 'Source', 'Brook', 'Cascade', 'Fen', 'Quench', 'Delta', 'Aqua Lane', 'Well', 'Torrent', 'Isar', 'Tide',
    'Mere', 'Beck', 'Loch', 'Oasis'],
  materials: ['Steel', 'Matt Steel', 'Double-Wall', 'Brushed Steel'],
  colours: COLOURS,
  forms: [
    { form: 'slim-bottle', types: ['Water Bottle', 'Bottle', 'Sports Bottle'], euros: [19, 49] },
    { form: 'flask', types: ['Insulated Flask', 'Vacuum Flask', 'Wide-Mouth Flask'], euros: [24, 69] },
  ],
  openings: [
    'The {model} is a {type} that does not leak, not even in a bag with a laptop.',
    'A {type} in {colour} that replaces a few hundred throwaway ones.',
    'Cold at noon, warm on the summit: this {type} keeps what you put into it.',
  ],
  features: [
    'Double walls with a vacuum between them hold the temperature for a day and a night.',
    'The powder coating gives a good grip with wet hands and gloves.',
    'The cap opens in half a turn and hangs on a loop, so it cannot be lost.',
    'It is made of 18/8 steel throughout and keeps no taste of yesterday.',
  ],
  details: [
    'Fits bicycle cages and the cup holders of most cars.',
    'All parts go into the dishwasher.',
    'Seals are available separately for as long as it is made.',
    'Free of BPA, phthalates and coatings on the inside.',
  ],
}

export const tents: KindWords = {
  category: 'tents',
  sku: 'TNT',
  brands: ['Cairnfield', 'Ridgeway Supply', 'Alpenrose'],
  models: ['Bivouac', 'Aurora', 'Lakeside', 'Nightjar', 'Moor', 'Caldera', 'Polestar', 'Meadow', 'Sierra', 'Tundra', 'Solitude', 'Heron', 'Plateau',
    'Fjell', 'Firefly', 'Juniper', 'Borealis', 'Haven'],
  materials: ['Two-Person', 'Three-Person', 'Four-Person', 'Lightweight'],
  colours: COLOURS,
  forms: [
    { form: 'dome-tent', types: ['Dome Tent', 'Trekking Tent', 'Mountain Tent'], euros: [149, 690] },
    { form: 'ridge-tent', types: ['Ridge Tent', 'Camping Tent', 'Canvas Tent'], euros: [129, 790] },
  ],
  openings: [
    'The {model} stands in six minutes, in the dark and in the rain.',
    'A {type} in {colour} with enough room to sit up, sort your gear and wait for the weather.',
    'Packed, this {type} is not much larger than a loaf of bread; pitched, it is a small house.',
  ],
  features: [
    'The flysheet withstands a water column of 4,000 mm, and its seams are taped in the factory.',
    'Colour-coded poles go in only one way, the right one.',
    'Two openings face each other, so the air moves and the walls stay dry.',
    'Reflective guy lines keep you from tripping over them at night.',
  ],
  details: [
    'Pegs, a repair kit and a compression bag are included.',
    'It weighs a little over two kilograms.',
    'Dry it before you put it away, and it will last ten seasons.',
    'Tested in a wind tunnel at 90 kilometres an hour.',
  ],
}
