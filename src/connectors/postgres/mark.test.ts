import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { atPlaceOf, isSamePlace, type Mark, markText, parseMark, readMark } from './mark.ts'

test('a mark comes back from its text, and nothing else is taken for one', () => {
  for (const system of [null, '7556098712345678901', '-7556098712345678901']) {
    const mark: Mark = { system, database: '16384', before: '4294967299' }
    expect(parseMark(markText(mark))).toEqual(mark)
  }
  for (const text of ['', '1/2', 'mysql/1/2', '1/2/3/4', '1/-2/3', '12:34'])
    expect(parseMark(text)).toBeNull()
})

for (const { name, open } of databases) {
  describe(`a mark of ${name}`, () => {
    test('is known where it was made, by a statement as well, and nowhere else', async () => {
      await using opened = await open()
      await opened.database.withConnection(async (connection) => {
        const mark = await readMark(connection)
        const isHere = async (other: Mark): Promise<boolean> =>
          (await connection.raw({ text: `select ${atPlaceOf(other)}`, values: [] })).rows[0]?.[0] === 't'
        expect(mark.system).toMatch(/^-?\d+$/)
        for (const { other, same } of [
          { other: { ...mark, before: '0' }, same: true },
          { other: { ...mark, system: '42' }, same: false },
          { other: { ...mark, database: '1' }, same: mark.database === '1' },
        ])
          expect([isSamePlace(mark, other), await isHere(other)]).toEqual([same, same])
        expect(await isHere({ ...mark, system: null })).toBe(true)
      })
    })
  })
}
