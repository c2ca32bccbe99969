export const FORMS = [
  'dining-chair', 'lounge-chair', 'stool', 'sofa', 'armchair', 'ottoman', 'round-table', 'desk', 'coffee-table',
  'table-lamp', 'floor-lamp', 'pendant-lamp', 'bottle-vase', 'round-vase', 'leafy-plant', 'cactus', 'snake-plant',
  'mug', 'cup-and-saucer', 'tumbler', 'teapot', 'kettle', 'pot', 'pan',
  'over-ear-headphones', 'earbuds', 'laptop', 'shelf-speaker', 'round-speaker',
  'low-top', 'high-top', 'round-watch', 'square-watch', 'round-glasses', 'square-glasses',
  'daypack', 'rolltop', 'slim-bottle', 'flask', 'dome-tent', 'ridge-tent',
] as const
export type Form = (typeof FORMS)[number]
