import { checkOptions } from '../../planning/known-options.ts'
import { readFile, stat } from 'node:fs/promises'
import { noFile } from '../file-faults.ts'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { keyOf } from '../../domain/record-key.ts'
import type { Source, SourceDefinition } from '../../ports/source.ts'
import { chain } from '../pipeline/pipeline.ts'
import { decodedText, requireEncoding } from './decoded-text.ts'
import { listReader } from './list-reader.ts'
import { type OutlineSection, outlineSections, slugOf, tooDeepLine } from './outline-sections.ts'

/** Options of `outline`. */
export interface OutlineOptions {
  /** The level of the headings that become records: 3 for `###`. */
  readonly level: 1 | 2 | 3 | 4 | 5 | 6
  /** Leaves out headings whose title, or the title of one above, matches; or for which the function says true. */
  readonly skip?: RegExp | ((section: OutlineSection) => boolean)
  /**
   * What a record is known by: its number, or its place in words (`joins/outer-joins`), which stays when sections are
   * put in before it. Codes such as `L012` are used instead when every heading has one of its own.
   */
  readonly key?: 'number' | 'slug'
  /** Such as `windows-1252`; a byte order mark decides, else it is UTF-8, when left out. */
  readonly encoding?: string
}

/**
 * The headings of one level of a Markdown file as records, with what stands under each. Throws E_SOURCE_FILE when
 * the file is not there or has no such heading.
 */
export function outline(file: string, options: OutlineOptions): Source<OutlineSection> {
  checkOptions('files.outline', options, {
    level: 'needed',
    skip: 'optional',
    key: 'optional',
    encoding: 'optional',
  })
  return chain(source(file, options, null))
}

function source(
  file: string,
  options: OutlineOptions,
  limit: number | null,
): SourceDefinition<OutlineSection> {
  requireEncoding(options.encoding)
  return {
    kind: 'files.outline',
    describe: `${file}, headings of level ${options.level}`,
    key: [options.key ?? 'number'],
    async open({ baseDir, locate = (path) => path }) {
      const path = locate(resolve(baseDir, file))
      const found = await readSections(path, options)
      const kept = found.filter((section) => !isSkipped(section, options.skip))
      const keys = keysOf(found, options.key ?? 'number')
      const records = kept.map((row) => ({ key: keyOf([keys(row)]), row }))
      return listReader(limit === null ? records : records.slice(0, limit), {
        where: file,
        path,
        async check() {
          if (kept.length > 0) return
          throw new OffpeakError(
            'E_SOURCE_FILE',
            `${file} has no heading of level ${options.level}${found.length > 0 ? ' that is not skipped' : ''}`,
            { where: file, fix: 'name the level of the headings that are to become records' },
          )
        },
      })
    },
    limit(count) {
      if (!Number.isSafeInteger(count) || count < 0)
        throw new OffpeakError('E_USAGE', `limit takes a whole number of sections, not ${String(count)}`)
      return source(file, options, limit === null ? count : Math.min(limit, count))
    },
  }
}

async function readSections(
  path: string,
  { level, encoding }: OutlineOptions,
): Promise<readonly OutlineSection[]> {
  let bytes: Buffer
  try {
    const reason = noFile(await stat(path))
    if (reason !== null) throw new Error(`it ${reason}`)
    bytes = await readFile(path)
  } catch (cause) {
    throw new OffpeakError('E_SOURCE_FILE', `the outline cannot be read: ${messageOf(cause)}`, {
      where: path,
      fix: 'correct the path in the job, or put the file there',
      cause,
    })
  }
  const decoded = decodedText(bytes, requireEncoding(encoding))
  if (decoded.problem !== undefined)
    throw new OffpeakError('E_SOURCE_FILE', `the outline ${decoded.problem}`, { where: path })
  const deep = tooDeepLine(decoded.text)
  if (deep !== null)
    throw new OffpeakError(
      'E_SOURCE_FILE',
      `the outline nests quotes or lists deeper than 100 at line ${deep}`,
      {
        where: `${path}:${deep}`,
        fix: 'take the nesting out, or put the text into a code block',
      },
    )
  const { lexer } = await import('marked')
  try {
    return outlineSections(decoded.text, level, (text) => lexer(text))
  } catch (cause) {
    throw new OffpeakError('E_SOURCE_FILE', `the outline cannot be read as Markdown: ${messageOf(cause)}`, {
      where: path,
      fix: 'see what is unusual in the file',
      cause,
    })
  }
}

function isSkipped(section: OutlineSection, skip: OutlineOptions['skip']): boolean {
  if (skip === undefined) return false
  if (typeof skip === 'function') return skip(section)
  return [section.title, ...section.path].some((title) =>
    new RegExp(skip.source, skip.flags.replace(/[gy]/g, '')).test(title),
  )
}

/** By all sections, skipped ones too, so that a key does not depend on what else is wanted. */
function keysOf(
  sections: readonly OutlineSection[],
  by: 'number' | 'slug',
): (section: OutlineSection) => string {
  const codes = new Set(sections.map(({ code }) => code))
  if (codes.size === sections.length && !codes.has(null)) return ({ code, number }) => code ?? number
  if (by === 'number') return ({ number }) => number
  return ({ module, slug }) => (module === null ? slug : `${slugOf(module.title)}/${slug}`)
}
