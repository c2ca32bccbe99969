/** Schemas for query parameters, which arrive as texts: numbers, lists, yes or no. */
import { z } from 'zod'

export const wholeNumber = (what: string, min = 1, max = 2_147_483_647) =>
  z.coerce
    .number<string | number>(`${what} is a whole number.`)
    .int(`${what} is a whole number.`)
    .min(min, `${what} is at least ${min}.`)
    .max(max, `${what} is at most ${max}.`)

export const yesOrNo = z.enum(['true', 'false'], 'Write true or false.').transform((text) => text === 'true')

/** A parameter that may come several times: one that comes once is a text, and a list of one. */
export const listOf = <T extends z.ZodType>(schema: z.ZodArray<T>) =>
  z.preprocess(
    (value: z.input<T> | readonly z.input<T>[] | undefined) => (value === undefined ? [] : [value].flat()),
    schema,
  )
