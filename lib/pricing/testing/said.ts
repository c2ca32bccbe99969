import { importAnswers, type ImportAnswers } from '../bulk/csv/questions.ts'
import { readRow, saysNothing } from '../bulk/csv/rowReader.ts'
import { spool } from '../bulk/csv/spool.ts'
import { surveyFile, tableRows } from '../bulk/csv/surveyFile.ts'
import { arriving } from './csvFiles.ts'

const moment = (time: Date | null) => time?.toISOString().slice(0, 16) ?? ''

/** `A 1200`, `A 1000 was 1200`, `line 3: …` of each row; `asks: column:price? cost=…` in place of them. */
export async function said(text: string | Uint8Array, answers: Partial<ImportAnswers> = {}): Promise<string[]> {
  const file = await spool(arriving(text, 100), 1_000_000)
  try {
    const { plan, questions } = await surveyFile(file, importAnswers.parse(answers))
    if (questions.length > 0)
      return questions.map(
        ({ id, answers: all, suggested }) => `asks ${id}: ${all[suggested ?? -1]?.value ?? 'nothing'}`,
      )
    const found: string[] = []
    for await (const row of tableRows(file, plan.encoding, plan)) {
      if (saysNothing(row, plan)) continue
      const read = readRow(row, plan)
      if ('message' in read) found.push(`line ${read.line}: ${read.message}`)
      else {
        const { sku, amountMinor, compareAtMinor, costMinor, currency, sale } = read
        const parts = [sku, amountMinor, currency === 'EUR' ? undefined : currency]
        const more = [
          compareAtMinor === undefined ? undefined : `was ${compareAtMinor}`,
          costMinor === undefined ? undefined : `costs ${costMinor}`,
          sale && `sale ${sale.amountMinor} ${moment(sale.start)}..${moment(sale.end)}`,
        ]
        found.push([...parts, ...more].filter((part) => part !== undefined).join(' '))
      }
    }
    return found
  } finally {
    await file.close()
  }
}
