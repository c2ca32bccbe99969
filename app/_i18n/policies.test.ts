import { describe, expect, it } from 'vitest'
import { POLICIES } from '#lib/catalog/policies.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { policyValues } from '../_store/info/policyValues.ts'
import { messagesFor } from './messages.ts'
import { policyText } from './policies.ts'

const placesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()

describe.each(POLICIES)('the texts of %s', (policy) => {
  it.each(LOCALES)(
    'have in %s the sections and places of the English ones, and a value for each place',
    async (locale) => {
      const [english, text] = await Promise.all([policyText('en', policy), policyText(locale, policy)])
      expect(text.sections.map((section) => section.text.map(placesOf))).toEqual(
        english.sections.map((section) => section.text.map(placesOf)),
      )
      const known = Object.keys(policyValues((await messagesFor(locale)).Checkout, locale))
      expect(known).toEqual(expect.arrayContaining(placesOf(JSON.stringify(text))))
      const lines = ({ sections }: typeof text) =>
        sections.flatMap((section) => section.text).filter((line) => !line.startsWith('{'))
      if (locale !== 'en') expect(lines(text).filter((line) => lines(english).includes(line))).toEqual([])
    },
  )
})
