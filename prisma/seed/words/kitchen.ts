import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { KindWords } from './kind.ts'

const BRANDS = ['Brevino', 'Morning Ritual', 'Ansel Ware', 'Hearthly']

export const mugs: KindWords = {
  category: 'mugs',
  sku: 'MUG',
  brands: BRANDS,
  models: ['Dawn', 'Oslo', 'Pico', 'Breve', 'Tilda', 'Kaffa', 'Mocha', 'Sunday', 'Kyoto', 'Lento', 'Basso', 'Aroma', 'Hygge', 'Cortado',
    'Lisboa', 'Nest', 'Quill', 'Ritual', 'Tarn', 'Vale'],
  materials: ['Stoneware', 'Porcelain', 'Ceramic', 'Bone China'],
  colours: COLOURS,
  forms: [
    { form: 'mug', types: ['Mug', 'Coffee Mug', 'Tall Mug'], euros: [9, 32] },
    { form: 'cup-and-saucer', types: ['Cup and Saucer', 'Cappuccino Cup', 'Tea Cup'], euros: [14, 39] },
    { form: 'tumbler', types: ['Tumbler', 'Travel Cup', 'Latte Tumbler'], euros: [12, 36] },
  ],
  openings: [
    'The {model} is the {type} you reach for first, even when the dishwasher is full of others.',
    'A {type} in {colour} {material} that keeps warmth in and fits the hand.',
    'Made for slow mornings: a {type} with a rim thin enough to forget about.',
  ],
  features: [
    'Its wall is drawn thicker at the foot, so the last sip is still warm.',
    'Each piece is dipped by hand, which leaves a soft line where the glaze ends.',
    'It has the right size for a double espresso with room for milk.',
    'The glaze is free of lead and cadmium and will not craze.',
  ],
  details: [
    'Safe in the dishwasher; the colour stays for years.',
    'They stack neatly and two fit side by side on a shelf of 20 cm.',
    'Made in small batches in a family pottery in Portugal.',
    'Buy four and mix the colours as you like.',
  ],
}

export const kettles: KindWords = {
  category: 'kettles',
  sku: 'KET',
  brands: ['Kesselby', 'Brevino', 'Morning Ritual', 'Tavola Nera'],
  models: ['Tarn', 'Kessel', 'Hanami', 'Whistler', 'Assam', 'Sencha', 'Ridge', 'Pour', 'Bergamot', 'Oolong', 'Highland', 'Nilgiri',
    'Thames', 'Chai', 'Matcha', 'Steam', 'Juniper', 'Verbena'],
  materials: ['Steel', 'Enamel', 'Stoneware', 'Cast Iron'],
  colours: COLOURS,
  forms: [
    { form: 'teapot', types: ['Teapot', 'Tea Pot for Four', 'Brewing Pot'], euros: [29, 119] },
    { form: 'kettle', types: ['Kettle', 'Stovetop Kettle', 'Whistling Kettle'], euros: [39, 169] },
  ],
  openings: [
    'The {model} pours in a clean arc and stops without a drip.',
    'A {type} in {colour} {material} that deserves to stay out on the stove.',
    'This {type} turns five quiet minutes into the best part of the afternoon.',
  ],
  features: [
    'The handle stays cool, and its angle takes the weight off your wrist.',
    'The wide opening makes it easy to fill and just as easy to clean.',
    'A lid with a small tongue stays in place down to the last cup.',
    'It holds a little over a litre, enough for four generous cups.',
  ],
  details: [
    'Remove limescale with a spoonful of citric acid.',
    'Made without plastic: nothing but {material} touches the water.',
    'Spare lids and knobs are available for ten years.',
    'Rinse it by hand and let it dry with the lid off.',
  ],
}

export const cookware: KindWords = {
  category: 'cookware',
  sku: 'COO',
  brands: ['Hearthly', 'Tavola Nera', 'Kesselby', 'Brackwood'],
  models: ['Forge', 'Toscana', 'Ember', 'Bianca', 'Bruna', 'Alpina', 'Mistral', 'Basque', 'Nonna', 'Rosso', 'Savoy', 'Harvest', 'Hestia',
    'Ragù', 'Lyon', 'Garda', 'Simmer', 'Umami'],
  materials: ['Cast Iron', 'Steel', 'Enamel', 'Copper'],
  colours: COLOURS,
  forms: [
    { form: 'pot', types: ['Casserole', 'Dutch Oven', 'Stock Pot'], euros: [49, 289] },
    { form: 'pan', types: ['Frying Pan', 'Skillet', 'Sauté Pan'], euros: [29, 179] },
  ],
  openings: [
    'The {model} is a {type} for people who cook every day and like to look at what they cook with.',
    'A {colour} {type} that goes from the hob to the oven to the middle of the table.',
    'Heavy where it should be and balanced in the hand, this {type} outlives trends and tenancies.',
  ],
  features: [
    'Heat spreads evenly up the walls, so nothing burns in the middle while the edge stays pale.',
    'The base is bonded in five layers and works on every hob, induction included.',
    'A polished rim lets you pour without a spill.',
    'Its surface browns well at medium heat and releases without a scraper.',
  ],
  details: [
    'Oven-safe up to 250 °C.',
    'Warm water and a soft brush are all the care it needs.',
    'Guaranteed for twenty-five years against warping and chipping.',
    'Use it gently the first three times: it seasons as you cook.',
  ],
}
