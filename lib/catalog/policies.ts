/** The shop's pages about itself, in every language: `/en/info/delivery`. Runs anywhere, in an edge worker too. */
export const POLICIES = ['delivery', 'returns', 'privacy', 'terms', 'imprint'] as const
export type Policy = (typeof POLICIES)[number]

export function isPolicy(name: string): name is Policy {
  return POLICIES.some((policy) => policy === name)
}

/** Days from the delivery on within which a shopper may send something back. */
export const RETURN_DAYS = 30
