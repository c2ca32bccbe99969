import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { KindWords } from './kind.ts'

export const sneakers: KindWords = {
  category: 'sneakers',
  sku: 'SNK',
  brands: ['Stridewell', 'Pavemint', 'Marlo Vane', 'Corvane'],
  models: ['Metro', 'Court', 'Glide', 'Runa', 'Pacer', 'Boardwalk', 'Alley', 'Union', 'Parade', 'Cloudline', 'Tempo', 'Harbour', 'Velo',
    'Loop', 'Cardinal', 'Dash', 'Kerb', 'Avenue', 'Relay', 'Summit'],
  materials: ['Canvas', 'Leather', 'Suede', 'Knit'],
  colours: COLOURS,
  forms: [
    { form: 'low-top', types: ['Sneaker', 'Low-Top Sneaker', 'Trainer'], euros: [59, 189] },
    { form: 'high-top', types: ['High-Top Sneaker', 'High-Top', 'Mid-Top Sneaker'], euros: [69, 219] },
  ],
  openings: [
    'The {model} is a {type} that you can walk ten kilometres in on the first day.',
    'A clean {type} in {colour} {material} that goes with nearly everything you own.',
    'Made for pavements, stairs and the last metres to a departing tram.',
  ],
  features: [
    'The sole is stitched as well as glued, so it can be replaced when you have walked it down.',
    'A cork footbed takes the shape of your foot within a week.',
    'The {material} is soft from the start and lined with nothing but cotton.',
    'The heel is reinforced on the inside, where cheaper shoes fold.',
  ],
  details: [
    'True to size; between two sizes take the larger one.',
    'A second pair of laces in a contrasting colour is in the box.',
    'Brush off dry dirt and clean with lukewarm water.',
    'Made in a workshop in northern Portugal that pays above the union rate.',
  ],
}

export const watches: KindWords = {
  category: 'watches',
  sku: 'WAT',
  brands: ['Tempora', 'Corvane', 'Solstice & Co.'],
  models: ['Meridian', 'Solstice', 'Kepler', 'Regent', 'Astra', 'Tide', 'Harbour', 'Linea', 'Quarter', 'Pilot', 'Equinox', 'Orbit', 'Halley',
    'Prime', 'Moment', 'Sidereal', 'Zenit', 'Dial No. 4'],
  materials: ['Automatic', 'Steel', 'Leather', 'Titanium'],
  colours: COLOURS,
  forms: [
    { form: 'round-watch', types: ['Watch', 'Wristwatch', 'Field Watch'], euros: [119, 1290] },
    { form: 'square-watch', types: ['Square Watch', 'Rectangular Watch', 'Dress Watch'], euros: [129, 990] },
  ],
  openings: [
    'The {model} tells the time at a glance and keeps quiet about everything else.',
    'A slim {type} with a {colour} strap that slips under any cuff.',
    'Designed by {brand} around one idea: a dial that stays readable in ten years, with or without glasses.',
  ],
  features: [
    'The crystal is domed sapphire with a coating against reflections on the inside.',
    'Its movement is regulated in five positions and loses no more than a few seconds a week.',
    'Hands and markers glow softly after a minute in daylight.',
    'The strap changes in seconds, without a tool.',
  ],
  details: [
    'Water-resistant to 50 metres: swim with it, do not dive.',
    'Serviced by the maker for as long as you own it.',
    'The case measures 38 mm and sits flat on slim wrists.',
    'Delivered in a travel roll rather than a box you would throw away.',
  ],
}

export const sunglasses: KindWords = {
  category: 'sunglasses',
  sku: 'SUN',
  brands: ['Marlo Vane', 'Solstice & Co.', 'Ravello'],
  models: ['Amalfi', 'Lido', 'Capri', 'Biarritz', 'Noon', 'Riviera', 'Palma', 'Corsa', 'Sintra', 'Levante', 'Malibu Road', 'Ponza', 'Siesta',
    'Zenith', 'Isola', 'Cassis', 'Mesa', 'Verano'],
  materials: ['Acetate', 'Polarised', 'Titanium', 'Bio-Acetate'],
  colours: COLOURS,
  forms: [
    { form: 'round-glasses', types: ['Round Sunglasses', 'Sunglasses', 'Panto Sunglasses'], euros: [49, 259] },
    { form: 'square-glasses', types: ['Square Sunglasses', 'Classic Sunglasses', 'Driving Glasses'], euros: [49, 249] },
  ],
  openings: [
    'The {model} is what a July afternoon by the sea would look like as a pair of sunglasses.',
    'Frames in {colour} that suit more faces than they have any right to.',
    'An easy, well-proportioned shape that stays put when you look down.',
  ],
  features: [
    'The lenses block all UVA and UVB light and keep colours true.',
    'Each frame is cut from one sheet and tumbled for three days until it shines.',
    'Five-barrel hinges close with a click and do not wear out.',
    'A coating on the back stops the light that comes in from behind.',
  ],
  details: [
    'A folding case and a cloth made of recycled bottles are included.',
    'Any optician can fit prescription lenses.',
    'They weigh 26 grams, about as much as two letters.',
    'Lens category 3: right for beach, road and city.',
  ],
}
