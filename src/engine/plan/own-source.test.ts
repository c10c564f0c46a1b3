import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refuseOwnSource } from './own-source.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'offpeak-own-source-'))
  writeFileSync(join(dir, 'notes.jsonl'), '{"id":1}\n')
  symlinkSync('notes.jsonl', join(dir, 'link.jsonl'))
  linkSync(join(dir, 'notes.jsonl'), join(dir, 'hard.jsonl'))
  mkdirSync(join(dir, 'parts'))
  writeFileSync(join(dir, 'parts', 'a.parquet'), 'PAR1')
})
afterEach(() => rmSync(dir, { recursive: true }))

test.for([
  [{ jsonl: 'notes.jsonl' }, 'notes.jsonl'],
  [{ jsonl: './parts/../notes.jsonl' }, 'notes.jsonl'],
  [{ jsonl: 'link.jsonl' }, 'notes.jsonl'],
  [{ jsonl: 'notes.jsonl' }, 'link.jsonl'],
  [{ csv: 'hard.jsonl' }, 'notes.jsonl'],
  [{ parquet: 'parts' }, 'parts'],
  [{ parquet: 'parts' }, 'parts/a.parquet'],
  [{ parquet: 'parts/new' }, 'parts'],
] as const)('a sink %o that is the source %s is refused', ([sink, source]) => {
  expect(() => refuseOwnSource(sink, [join(dir, source)], dir)).toThrow('which its source reads')
})

test.for([
  [{ jsonl: 'out.jsonl' }, 'notes.jsonl'],
  [{ parquet: 'parts-2' }, 'parts'],
  [{ parquet: 'out' }, 'notes.jsonl'],
  [{ database: 'notes.jsonl', table: 'x' }, 'notes.jsonl'],
] as const)('a sink %o next to the source %s is not', ([sink, source]) => {
  expect(() => refuseOwnSource(sink, [join(dir, source)], dir)).not.toThrow()
})
