import { readFileSync } from 'node:fs'
import type { SourceRecord } from '../../../ports/source.ts'
import type { FileFacts } from '../files-reader.ts'
import type { FoundFile } from '../found-files.ts'
import { countPages } from './pdf.ts'

/** A PDF file, or a range of its pages. `attach` takes the row as it is. */
export interface PdfRow {
  /** From the project's directory, with `/` on every system. */
  readonly path: string
  /** The path below the fixed part of the pattern, without extension: `2021/scan-7` for `scans/**` and `scans/2021/scan-7.pdf`. */
  readonly stem: string
  /** Pages of the whole file. */
  readonly pageCount: number
  /** The first and last page of this record, from 1. */
  readonly pages: readonly [number, number]
  /** Bytes of the whole file. */
  readonly bytes: number
  readonly modifiedAt: string
}

interface PdfLimits {
  readonly maxPages: number | null
  readonly maxBytes: number
}

/** The records of one PDF file. The key of a part ends in its pages: `scans/2021/scan-7:41-80`. */
export async function pdfRecords(
  { path, stem, key, absolute }: FoundFile,
  facts: FileFacts,
  { maxPages, maxBytes }: PdfLimits,
): Promise<readonly SourceRecord<PdfRow>[]> {
  if (facts.bytes > maxBytes)
    return [{ key, problem: `the file has more than ${maxBytes.toLocaleString('en-US')} bytes` }]
  const counted = await pagesOf(absolute, facts)
  if (counted.problem !== undefined) return [{ key, problem: `the file ${counted.problem}` }]
  const { pageCount } = counted
  const whole = { path, stem, pageCount, bytes: facts.bytes }
  const modifiedAt = new Date(facts.modifiedAtMs).toISOString()
  if (maxPages === null || pageCount <= maxPages)
    return [{ key, row: { ...whole, pages: [1, pageCount], modifiedAt } }]
  const count = Math.ceil(pageCount / maxPages)
  return Array.from({ length: count }, (_, index): SourceRecord<PdfRow> => {
    const pages = [index * maxPages + 1, Math.min(pageCount, (index + 1) * maxPages)] as const
    return {
      key: `${key}:${pages[0]}-${pages[1]}`,
      row: { ...whole, pages, modifiedAt },
      part: { of: key, index, count },
    }
  })
}

type Counted = Awaited<ReturnType<typeof countPages>>

/** What was counted before, by file; it holds while size and time of change stay. */
const known = new Map<string, FileFacts & { readonly counted: Counted }>()
const mostKnown = 100_000

async function pagesOf(absolute: string, facts: FileFacts): Promise<Counted> {
  const before = known.get(absolute)
  if (before && before.bytes === facts.bytes && before.modifiedAtMs === facts.modifiedAtMs)
    return before.counted
  const counted = await countPages(readFileSync(absolute))
  if (known.size >= mostKnown) known.clear()
  known.set(absolute, { ...facts, counted })
  return counted
}
