import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { KindWords } from './kind.ts'

const MODELS = [
  'Solna',
  'Halden',
  'Vika',
  'Ebba',
  'Runa',
  'Torsby',
  'Alva',
  'Lund',
  'Siljan',
  'Marit',
  'Fjord',
  'Stellan',
  'Ines',
  'Koto',
  'Harlow',
  'Wren',
  'Otto',
  'Saga',
  'Nelle',
  'Brisa',
  'Tove',
  'Aurelio',
  'Linnea',
  'Hollis',
  'Ruben',
  'Mio',
]

export const chairs: KindWords = {
  category: 'chairs',
  sku: 'CHR',
  brands: ['Halvorn', 'Osterby', 'Moorhaus', 'Tilde & Oak', 'Fjellin'],
  models: MODELS,
  materials: ['Oak', 'Ash', 'Beech', 'Walnut'],
  colours: COLOURS,
  forms: [
    { form: 'dining-chair', types: ['Dining Chair', 'Side Chair', 'Kitchen Chair'], euros: [79, 289] },
    { form: 'lounge-chair', types: ['Lounge Chair', 'Reading Chair', 'Easy Chair'], euros: [189, 690] },
    { form: 'stool', types: ['Stool', 'Counter Stool', 'Bar Stool'], euros: [49, 199] },
  ],
  openings: [
    'The {model} is a {type} with a calm outline and a seat that stays comfortable long after dessert.',
    'A {type} drawn with as few lines as possible, made of {material} and finished in {colour}.',
    'Light enough to carry with one hand and sturdy enough for everyday life, this {type} earns its place quickly.',
  ],
  features: [
    'Joints are mortised and glued rather than screwed, so nothing works loose over the years.',
    'The seat is shaped from a single form that follows the body instead of pressing against it.',
    'Rounded edges are sanded by hand and sealed with a matt, water-based lacquer.',
    'The legs are set at a slight angle, which keeps it steady on uneven floors.',
  ],
  details: [
    'Felt glides are fitted, and a spare set comes in the box.',
    'It arrives assembled: unpack it, and sit down.',
    'The {material} comes from certified European forests and is dried for eight weeks before it is cut.',
    'Wipe it with a damp cloth; oil the wood once a year if you want it to keep its colour.',
  ],
}

export const sofas: KindWords = {
  category: 'sofas',
  sku: 'SOF',
  brands: ['Moorhaus', 'Casa Veranda', 'Halvorn', 'Brackwood'],
  models: MODELS,
  materials: ['Linen', 'Bouclé', 'Wool', 'Velvet', 'Corduroy'],
  colours: COLOURS,
  forms: [
    { form: 'sofa', types: ['Two-Seat Sofa', 'Loveseat', 'Sofa'], euros: [690, 2490] },
    { form: 'armchair', types: ['Armchair', 'Club Chair', 'Accent Chair'], euros: [290, 1190] },
    { form: 'ottoman', types: ['Ottoman', 'Footstool', 'Pouf'], euros: [99, 349] },
  ],
  openings: [
    'The {model} brings deep comfort to rooms that do not have space to waste.',
    'Upholstered in {material} and finished in {colour}, this {type} is the seat everyone asks for first.',
    'A generous {type} with soft corners, made for long evenings and short naps.',
  ],
  features: [
    'The core is layered foam around pocket springs, so it keeps its shape and never feels flat.',
    'Its {material} cover is woven densely enough to shrug off claws, crumbs and denim.',
    'The frame is solid beech, glued and dowelled, with a ten-year guarantee.',
    'The legs lift it just high enough for a robot vacuum to pass beneath.',
  ],
  details: [
    'Covers come off with a hidden zip and can be dry-cleaned.',
    'The fabric is tested to 60,000 rubs, about three times what a family needs.',
    'It fits through a door of 70 cm with its legs taken off.',
    'Order a free swatch first if you want to see the {colour} in your own light.',
  ],
}

export const tables: KindWords = {
  category: 'tables',
  sku: 'TAB',
  brands: ['Tilde & Oak', 'Osterby', 'Brackwood', 'Fjellin'],
  models: MODELS,
  materials: ['Oak', 'Walnut', 'Ash', 'Beech'],
  colours: COLOURS,
  forms: [
    { form: 'round-table', types: ['Round Dining Table', 'Bistro Table', 'Breakfast Table'], euros: [249, 1290] },
    { form: 'desk', types: ['Desk', 'Writing Desk', 'Work Table'], euros: [229, 990] },
    { form: 'coffee-table', types: ['Coffee Table', 'Side Table', 'Low Table'], euros: [89, 490] },
  ],
  openings: [
    'The {model} is a {type} that looks at home in a studio flat and in a farmhouse alike.',
    'Clean lines, honest {material} and a {colour} finish: a {type} that gets better with use.',
    'A {type} with room for what matters and no drawer full of what does not.',
  ],
  features: [
    'The top is 25 mm thick with a bevelled underside, which makes it look lighter than it is.',
    'Two coats of hard-wax oil keep wine, coffee and felt pens from leaving a mark.',
    'The legs are fixed with steel inserts and can be taken off and put back as often as you move.',
    'Every board is matched by eye, so the grain runs on from edge to edge.',
  ],
  details: [
    'Adjustable feet level it on old floorboards.',
    'Assembly takes one person ten minutes with the key in the box.',
    'Scratches can be sanded out and oiled again, even after years.',
    'It ships flat, in a carton without any plastic.',
  ],
}
