/** Who runs the shop, as its imprint says. Invented: an operator puts its own here. */
export const OPERATOR = {
  company: 'Evergreen Demo',
  address: 'Musterweg 1, 10115 Berlin',
  email: 'hello@evergreen.example',
} as const
