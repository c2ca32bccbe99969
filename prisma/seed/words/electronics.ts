import type { KindWords } from './kind.ts'

const FINISHES = ['charcoal', 'ivory', 'mist', 'sand', 'sage', 'blush', 'indigo', 'plum', 'terracotta'] as const

export const headphones: KindWords = {
  category: 'headphones',
  sku: 'HPH',
  brands: ['Auralis', 'Voxen', 'Lyrebird Audio', 'Kinetra'],
  models: ['Arc', 'Tempo', 'Hush', 'Aria', 'Nocturne', 'Echo Lake', 'Prelude', 'Cadence', 'Drift', 'Solo', 'Opus', 'Reverie', 'Cirrus',
    'Octave', 'Largo', 'Motif', 'Vanta', 'Sonnet'],
  materials: ['Wireless', 'Studio', 'Noise-Cancelling', 'Hi-Res'],
  colours: FINISHES,
  forms: [
    { form: 'over-ear-headphones', types: ['Headphones', 'Over-Ear Headphones', 'Headset'], euros: [79, 449] },
    { form: 'earbuds', types: ['Earbuds', 'In-Ear Headphones', 'Earphones'], euros: [39, 279] },
  ],
  openings: [
    'The {brand} {model} let you hear the room the music was recorded in, and not the one you are sitting in.',
    'Balanced sound, deep quiet and a fit you stop noticing after a minute.',
    'A pair in {colour} made for commutes, open offices and the last chapter before sleep.',
  ],
  features: [
    'Adaptive noise cancelling listens 800 times a second and takes away engines and chatter, but not your name.',
    'The drivers are tuned by ear in a small studio in Aarhus, without a boosted bass.',
    'Thirty hours on one charge, and five more after ten minutes at the socket.',
    'Two devices stay connected at once, and a call moves over by itself.',
  ],
  details: [
    'Cushions, tips and battery can be replaced with one small screwdriver.',
    'A hard case and a USB-C cable are in the box.',
    'Resistant to sweat and rain to IPX4.',
    'The app is optional: every function has a button.',
  ],
}

export const laptops: KindWords = {
  category: 'laptops',
  sku: 'LAP',
  brands: ['Northbit', 'Hexaline', 'Quanta Nine'],
  models: ['Arc 13', 'Arc 14', 'Arc 16', 'Fjord 13', 'Fjord 15', 'Slate 14', 'Slate 16', 'Atlas 14', 'Atlas 17', 'Lite 12', 'Lite 13',
    'Studio 15', 'Studio 16', 'Nomad 13', 'Nomad 14', 'Orion 15', 'Kite 12', 'Zephyr 14'],
  materials: ['Pro', 'Air', 'Plus', 'Max'],
  colours: ['charcoal', 'mist', 'ivory', 'sand', 'sage', 'blush', 'indigo'],
  forms: [
    { form: 'laptop', types: ['Laptop', 'Notebook', 'Ultrabook'], euros: [549, 2890] },
  ],
  openings: [
    'The {brand} {model} starts before you have put down your coffee and lasts until the train arrives.',
    'A {type} for writing, editing and everything in between, in a slim {colour} case.',
    'Quiet, cool and quick: this {type} gets out of the way of your work.',
  ],
  features: [
    'The display shows the whole DCI-P3 range at 500 nits and stays readable by a window.',
    'Sixteen gigabytes of memory and one terabyte of storage are standard, and both can be upgraded.',
    'The keys travel 1.5 mm with a soft stop, and the touchpad is made of glass.',
    'Its fan stays off for most of the day; when it runs, it is quieter than a whisper.',
  ],
  details: [
    'The battery lasts fourteen hours and is held by six ordinary screws.',
    'Two USB-C ports, one USB-A, HDMI and a headphone jack: leave the adapters at home.',
    'The case is milled from recycled aluminium.',
    'Comes with three years of guarantee and spare parts for seven.',
  ],
}

export const speakers: KindWords = {
  category: 'speakers',
  sku: 'SPK',
  brands: ['Lyrebird Audio', 'Auralis', 'Voxen', 'Hexaline'],
  models: ['Chorus', 'Monolith', 'Roam', 'Forum', 'Canto', 'Pebble', 'Quartet', 'Stage', 'Domus', 'Rondo', 'Fuga', 'Parlour', 'Bolero',
    'Hearth', 'Lark', 'Beacon', 'Totem', 'Salon'],
  materials: ['Active', 'Compact', 'Wireless', 'Hi-Fi'],
  colours: FINISHES,
  forms: [
    { form: 'shelf-speaker', types: ['Shelf Speaker', 'Bookshelf Speaker', 'Studio Monitor'], euros: [119, 890] },
    { form: 'round-speaker', types: ['Portable Speaker', 'Smart Speaker', 'Room Speaker'], euros: [59, 349] },
  ],
  openings: [
    'The {model} fills a room evenly, so there is no best seat.',
    'A {type} in {colour} that sounds larger than it looks and looks better than it needs to.',
    'Made by {brand} for people who listen to albums from the first track to the last.',
  ],
  features: [
    'A long-throw woofer reaches down to 45 Hz without rattling the shelf.',
    'It measures the room with its own microphone and corrects for corners and curtains.',
    'Stream over Wi-Fi or Bluetooth, or plug in a turntable: the input is at the back.',
    'The front is covered in a knitted fabric that can be taken off and washed.',
  ],
  details: [
    'Pair two of them for stereo with a single press.',
    'No account is needed, and the microphone has a real switch.',
    'Software updates are promised for eight years.',
    'In stand-by it uses less than half a watt.',
  ],
}
