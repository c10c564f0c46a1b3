import { expect, test } from 'vitest'
import { readCsv } from './csv-records.ts'

test('stops at a record that is longer than its most, and not at a long file', async () => {
  const dialect = { delimiter: ',', quote: '"', escape: '"', lineEnds: 'lf' } as const
  const read = (content: string): Promise<number> => {
    const bytes = Buffer.from(content)
    const text = {
      encoding: 'utf-8',
      start: 0,
      async *chunks(from: number) {
        for (let at = from; at < bytes.length; at += 1024) yield bytes.subarray(at, at + 1024)
      },
    } as const
    return Array.fromAsync(
      readCsv('a.csv', text, dialect, { offset: 0, number: 1 }, { bytes: 1024 * 1024, cells: 500 }),
    ).then((blocks) => blocks.flat().length)
  }
  const cell = 'x'.repeat(300 * 1024)
  expect(await read(`${cell}\n`.repeat(5))).toBe(5)
  expect(await read(`id,"${'1,'.repeat(5000)}"\n`.repeat(5))).toBe(5)
  await expect(read(`a,b\n1,${cell},${cell}\n2,${cell},"${cell},${cell}\n${cell}"\n`)).rejects.toMatchObject({
    code: 'E_SOURCE_ROW',
    message: 'The record at line 3 of a.csv is longer than 1 MiB',
  })
  await expect(read(`a,b\n1,"${'x,'.repeat(5000)}"${',x'.repeat(1600)}\n2,y\n`)).rejects.toMatchObject({
    code: 'E_SOURCE_ROW',
    message: 'The record at line 2 of a.csv has more than 500 cells',
  })
})
