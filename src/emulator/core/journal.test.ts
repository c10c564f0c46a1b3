import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal, readJournal, rewriteJournal } from './journal.ts'
import { isBlank, readLines } from './batch/lines.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'emulator-journal-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the journal', () => {
  it('gives back what was appended, without a torn last line', async () => {
    const path = join(folder, 'journal.jsonl')
    expect(readJournal(path)).toEqual([])
    await rewriteJournal(path, [{ n: 0 }])
    const journal = openJournal(path)
    await Promise.all([journal.append({ n: 1 }), journal.append({ n: 2 })])
    await journal.close()
    await expect(journal.append({ n: 3 })).rejects.toThrow('closed')
    appendFileSync(path, '{"n": 4, "cut')
    expect(readJournal(path)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
  })

  it('is replaced whole', async () => {
    const path = join(folder, 'journal.jsonl')
    writeFileSync(path, 'old\n')
    await rewriteJournal(path, [{ a: 1 }, { b: 2 }])
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b":2}\n')
  })
})

describe('readLines', () => {
  async function linesOf(content: string): Promise<readonly (readonly [number, string])[]> {
    const path = join(folder, 'lines')
    writeFileSync(path, content)
    const all: (readonly [number, string])[] = []
    for await (const group of readLines(path)) {
      for (const line of group) if (!isBlank(line)) all.push([line.number, line.text])
    }
    return all
  }

  it('splits at byte 0x0A only, also across chunks', async () => {
    const separators = 'a\u2028b\u0085c\rd'
    expect(await linesOf(`${separators}\nsecond\n\nfourth`)).toEqual([
      [1, separators],
      [2, 'second'],
      [4, 'fourth'],
    ])
    const long = 'é'.repeat(200_000)
    expect(await linesOf(`x\n${long}\ny\n`)).toEqual([
      [1, 'x'],
      [2, long],
      [3, 'y'],
    ])
    expect(await linesOf('')).toEqual([])
  })
})
